internal import ControllerAPI
internal import FoundationEssentials
internal import HTTPServer

extension Endpoints {
    /// Records of one batch.
    private static let batchRecords = 500
    /// Bytes of one batch.
    private static let batchBytes = 256 << 10

    /// `POST /auth/log?project=P`: one record as form fields, or many as `application/x-ndjson`.
    func log(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let parameters = try Parameters(request, agentFrom: .signature(otherwise: try legacyQueryAgent(request)))
        let caller = try await authorize(request, parameters)
        try requireAllowance(
            .logBytes, of: "log \(caller.agent)", cost: Double(max(request.body.count, 256)))
        let records: [[String: String]]
        if request.header("content-type")?.hasPrefix("application/x-ndjson") == true {
            records = try batch(request.body)
        } else {
            guard let record = try single(request) else { return HTTPServerResponse(204) }
            records = [record]
        }
        try await services.logs.append(records, agent: caller.agent, project: parameters.project)
        return HTTPServerResponse(202, headers: [("Cache-Control", "no-store")])
    }

    private func legacyQueryAgent(_ request: HTTPServerRequest) throws -> AgentKey? {
        guard let text = try request.queryFields().single("agent", in: "GET", name: "agent") else { return nil }
        do throws(WireError) { return try AgentKey(text) } catch { throw Denial(400, Parameters.badKey) }
    }

    /// The fields of one record; `nil` for one of those that say nothing new.
    private func single(_ request: HTTPServerRequest) throws -> [String: String]? {
        var fields: [String: String] = [:]
        for field in try request.form().fields where field.name != "project" {
            fields[field.name] = fields[field.name] ?? field.value
        }
        guard !fields.isEmpty else { throw Denial(400, "No logging parameters were provided") }
        return fields["message"].map(IgnoredLogMessages.contain) == true ? nil : fields
    }

    private func batch(_ body: [UInt8]) throws -> [[String: String]] {
        guard body.count <= Self.batchBytes else {
            throw Denial(413, "A batch has at most \(Self.batchBytes) bytes.")
        }
        let lines = body.split(separator: UInt8(ascii: "\n"))
        guard !lines.isEmpty else { throw Denial(400, "No logging parameters were provided") }
        guard lines.count <= Self.batchRecords else {
            throw Denial(413, "A batch has at most \(Self.batchRecords) records.")
        }
        var records: [[String: String]] = []
        for line in lines {
            do {
                let values = try JSONDecoder().decode([String: LogRecordValue].self, from: Data(line))
                records.append(values.mapValues(\.text))
            } catch {
                throw Denial(400, "Line \(records.count + 1) is not a JSON object of texts, numbers and truth values.")
            }
        }
        return records.filter { $0["message"].map(IgnoredLogMessages.contain) != true }
    }
}

/// A member of a record, whatever its type. Which one it is shows by trying: one that it is not is no fault.
private struct LogRecordValue: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = "None"
        } else if let value = try? container.decode(String.self) {
            text = value
        } else if let value = try? container.decode(Bool.self) {
            text = value ? "true" : "false"
        } else if let value = try? container.decode(Int.self) {
            text = String(value)
        } else {
            text = String(try container.decode(Double.self))
        }
    }
}

/// Messages of older agents that come at each run and tell nothing.
enum IgnoredLogMessages {
    private static let beginnings = [
        "Could not load sprint data, no sprint matching possible", "No BigBoat host defined for ",
        "No BigBoat API key defined for ", "Cannot retrieve repository source for dummy repository on",
    ]

    static func contain(_ message: String) -> Bool {
        if beginnings.contains(where: { message.hasPrefix($0) }) { return true }
        return message.hasPrefix("Controller status: Some parts are not OK: ")
            && message.contains("Next scheduled gather moment is in")
    }
}
