import ControllerAPI
import HTTPServer

/// The project and the agent that a request speaks of.
struct Parameters {
    enum AgentSource {
        /// The parameter `agent`, else the project's key.
        case query
        /// Whoever signed; for a request that nobody signed this one, else the project's key.
        case signature(otherwise: AgentKey?)
    }

    let project: ProjectKey
    let agent: AgentKey

    /// What the older system says of keys that are none; its own are of letters only.
    static let badKey = "Project key must be all-uppercase, only alphabetic characters"

    /// - Parameter place: the word after "specified" in the complaint about several, where there is one.
    init(_ request: HTTPServerRequest, agentFrom source: AgentSource = .query, in place: String? = "GET") throws {
        let query = try request.queryFields()
        guard let project = try query.single("project", in: place, name: "project") else {
            throw Denial(400, "Project must be specified")
        }
        do {
            self.project = try ProjectKey(project)
            switch source {
            case .query: agent = try AgentKey(try query.single("agent", in: place, name: "agent") ?? project)
            case .signature(let otherwise):
                agent =
                    try request.header("signature") == nil
                    ? otherwise ?? AgentKey(project) : RequestSignature(of: request.signable).agent
            }
        } catch is WireError {
            throw Denial(400, Self.badKey)
        } catch let error as SignatureError {
            throw Denial(401, error.advice.map { "\(error). \($0)" } ?? "\(error)")
        }
    }
}

extension FormFields {
    /// The value of a field that may come once; `nil` when it is missing or blank.
    func single(_ field: String, in method: String?, name: String) throws(Denial) -> String? {
        let values = values(field)
        guard values.count <= 1 else {
            throw Denial(400, "Exactly one \(name) must be specified" + (method.map { " in \($0)" } ?? ""))
        }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension HTTPServerRequest {
    /// The token of a header `Authorization: Bearer`.
    var bearerToken: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return String(value.dropFirst("bearer ".count))
    }

    /// The request as its signature covers it.
    var signable: SignableRequest {
        SignableRequest(method: method, authority: authority, path: path, query: query, fields: headers, body: body)
    }

    func queryFields() throws(Denial) -> FormFields {
        do throws(WireError) {
            return try FormFields(query: query ?? "")
        } catch {
            throw Denial(400, "\(error)")
        }
    }

    func form() throws(Denial) -> FormFields {
        do throws(WireError) {
            return try FormFields(body: body)
        } catch {
            throw Denial(400, "\(error)")
        }
    }
}

extension HTTPServerResponse {
    static func json(_ status: Int, _ body: [UInt8]) -> HTTPServerResponse {
        HTTPServerResponse(
            status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: body)
    }
}
