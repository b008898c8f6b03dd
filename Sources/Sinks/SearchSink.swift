package import Bundles
internal import ControllerAPI
internal import Cryptography
internal import Files
package import HTTP
package import Logging

/// An OpenSearch or Elasticsearch cluster: an index `PREFIX-TABLE` for each table, a document for each row with an id of its own,
/// so that a row that comes again replaces itself (https://docs.opensearch.org/latest/api-reference/document-apis/bulk/).
package struct SearchSink: Sink {
    package struct Settings: Sendable {
        /// `https://host:9200`, without a slash at the end.
        package var address: String
        /// The value of the header `Authorization`.
        package var authorization: String?
        /// A PEM file with the only authorities to trust.
        package var authorityFile: String?
        package var prefix: String

        package init(address: String, authorization: String?, authorityFile: String?, prefix: String) {
            self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
            self.authorization = authorization
            self.authorityFile = authorityFile
            self.prefix = prefix
        }
    }

    package let name = "opensearch"
    private let settings: Settings
    private let http: HTTPClient
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void

    /// Bytes and rows of one request: clusters want few requests of 5 to 15 MB, and refuse those above 100 MB.
    private static let bytesTogether = 5 << 20
    private static let rowsTogether = 2000
    /// Attempts at one request before the whole bundle waits.
    private static let attempts = 8
    private static let longestPause = 60

    /// - Parameter pause: waits before another attempt.
    package init(
        _ settings: Settings, http: HTTPClient, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        self.settings = settings
        self.http = http
        self.logger = logger
        self.pause = pause
    }

    package func append(_ json: [UInt8], id: String, table: String, to content: inout [UInt8]) {
        content += Array(#"{"index":{"_index":"\#(settings.prefix)-\#(table.lowercased())","_id":"\#(id)"}}"#.utf8)
        content.append(UInt8(ascii: "\n"))
        content += json
        content.append(UInt8(ascii: "\n"))
    }

    package func take(_ files: [RowFile], of bundle: BundleIdentity) async throws -> Int {
        var rejected = 0
        for file in files {
            var reader = try ActionReader(file.path)
            while true {
                let actions = try reader.next(rows: Self.rowsTogether, bytes: Self.bytesTogether)
                if actions.isEmpty { break }
                rejected += try await index(actions)
            }
        }
        return rejected
    }

    /// Sends actions until each is done or refused for good.
    /// - Returns: how many were refused.
    private func index(_ actions: [[UInt8]]) async throws -> Int {
        var waiting = actions
        var rejected = 0
        var reason = ""
        for attempt in 0..<Self.attempts {
            let verdict = try await send(waiting)
            switch verdict {
            case .tooLarge:
                guard waiting.count > 1 else { return rejected + reject("too large", waiting.count) }
                let middle = waiting.count / 2
                return try await rejected + index(Array(waiting[..<middle])) + index(Array(waiting[middle...]))
            case .later(let seconds, let why):
                reason = why
                try await pause(.seconds(min(Self.longestPause, seconds ?? 1 << min(attempt, 6))))
            case .items(let items):
                var again: [[UInt8]] = []
                for (action, item) in zip(waiting, items) {
                    switch item.status {
                    case 200..<300: break
                    case 429, 500...:
                        again.append(action)
                        reason = "status \(item.status) for some rows"
                    default: rejected += reject(item.type, 1)
                    }
                }
                guard !again.isEmpty else { return rejected }
                waiting = again
                try await pause(.seconds(min(Self.longestPause, 1 << min(attempt, 6))))
            }
        }
        throw SinkError.busy(name, reason)
    }

    /// That a row does not fit what the index expects is for the operator to mend; the others must not wait for it.
    private func reject(_ type: String, _ count: Int) -> Int {
        logger.warning(
            "a sink refuses a row for good",
            ["sink.name": .text(name), "sink.error": .text(type), "sink.rows": .integer(count)])
        return count
    }

    private enum Verdict {
        case items([(status: Int, type: String)])
        /// After so many seconds, where the cluster says it.
        case later(Int?, String)
        case tooLarge
    }

    private func send(_ actions: [[UInt8]]) async throws -> Verdict {
        var request = try HTTPRequest(.post, "\(settings.address)/_bulk")
        request.body = Array(actions.joined())
        request.headers["Content-Type"] = "application/x-ndjson"
        request.headers["Accept"] = "application/json"
        request.headers["Authorization"] = settings.authorization
        if let file = settings.authorityFile { request.trust = .certificate(file: file) }
        // The operator wrote the scheme: a cluster beside the controller often has no TLS.
        request.transport = .plainAllowed
        request.timeouts = .init(connect: .seconds(15), stall: .seconds(120), total: .seconds(300))
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(request)
        } catch {
            if Task.isCancelled { throw CancellationError() }
            return .later(nil, "\(error)")
        }
        switch response.status {
        case 200..<300:
            let answer: BulkAnswer
            do { answer = try BulkAnswer(json: response.body) } catch {
                throw unusable("other content")
            }
            guard answer.items.count == actions.count else {
                throw unusable("\(answer.items.count) items for \(actions.count) actions")
            }
            return .items(answer.items.map { ($0.index.status, Self.shown($0.index.error?.type)) })
        case 413: return .tooLarge
        case 401, 403:
            throw SinkError.denied(
                name, expected: "that the login may write", "status \(response.status)",
                advice:
                    "Check OPENSEARCH_USER and OPENSEARCH_PASSWORD, or OPENSEARCH_API_KEY, and the role behind them.")
        case 408, 429, 500...:
            return .later(response.headers["Retry-After"].flatMap { Int($0) }, "status \(response.status)")
        default: throw unusable("status \(response.status)")
        }
    }

    private func unusable(_ reason: String) -> SinkError {
        .unusable(
            name, expected: "an answer of `_bulk`", reason,
            advice: "Check OPENSEARCH_URL: it is the address of the cluster without a path of an index.")
    }

    /// The kind of an error, of which the cluster has a fixed list; what it says beyond may hold values.
    private static func shown(_ type: String?) -> String {
        let letters = (type ?? "").unicodeScalars.filter { $0 == "_" || ("a"..."z").contains($0) }.prefix(60)
        return letters.isEmpty ? "unknown" : String(String.UnicodeScalarView(letters))
    }
}

/// Reads a file of actions: pairs of lines, what is to be done and the document.
private struct ActionReader: ~Copyable {
    private let file: Descriptor
    private var unread: [UInt8] = []
    private var isAtEnd = false

    init(_ path: String) throws { file = try Descriptor(path, .read) }

    /// The next actions, each with both of its lines; none at the end.
    mutating func next(rows: Int, bytes: Int) throws -> [[UInt8]] {
        while unread.count < bytes, !isAtEnd {
            let more = try file.read(upTo: 1 << 20)
            if more.isEmpty { isAtEnd = true } else { unread += more }
        }
        var actions: [[UInt8]] = []
        var start = 0
        var lines = 0
        var position = 0
        while position < unread.count, actions.count < rows {
            if unread[position] == UInt8(ascii: "\n") {
                lines += 1
                if lines % 2 == 0 {
                    actions.append(Array(unread[start...position]))
                    start = position + 1
                }
            }
            position += 1
        }
        unread.removeFirst(start)
        // One row that is longer than what was read.
        if actions.isEmpty, !isAtEnd, !unread.isEmpty { return try next(rows: rows, bytes: bytes * 2) }
        return actions
    }
}
