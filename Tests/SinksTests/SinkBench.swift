import ControllerAPI
import Database
import Files
import Fleet
import FoundationEssentials
import HTTP
import Logging
import Reception
import Sinks
import Synchronization
import TestSupport
import Timestamps

/// A store with imported rows, and places for them to go.
final class SinkBench {
    enum Backend: String, CaseIterable {
        case sqlite
        case postgreSQL
    }

    let directory: TemporaryDirectory
    private let server: DatabaseServer?
    let location: StoreLocation
    let fleet: Fleet
    let store: Store
    private var runs = 0

    init(_ backend: Backend) throws {
        directory = try TemporaryDirectory()
        server = backend == .postgreSQL ? try DatabaseServer() : nil
        location = server.map { .server($0.address) } ?? .file("\(directory.path)/controller.sqlite")
        fleet = try Fleet(location)
        try AnalysisStore.prepare(location)
        store = try Store(location)
    }

    /// A bundle with so many tags, imported.
    func importTags(_ count: Int, from first: Int = 1) throws -> RunID {
        runs += 1
        let run = RunID(at: Timestamp(seconds: 1_800_000_000 + runs))
        if count > 0 {
            try store.executeScript(
                """
                WITH RECURSIVE n (i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(first + count - 1))
                INSERT INTO tag (project, repo_name, tag_name, version_id, message, encrypted, agent, run)
                SELECT 'DEMO', 'demo', 'v' || CAST(i AS TEXT), 'abc', NULL, 1, 'DEMO', '\(run)' FROM n WHERE i > 0
                ON CONFLICT (project, repo_name, tag_name) DO UPDATE SET run = excluded.run
                """)
        }
        try store.execute(
            """
            INSERT INTO controller_bundles (agent, project, run, manifest_sha256, size, received_at, state, imported_at, rows)
            VALUES ('DEMO', 'DEMO', ?, '', 1, ?, 'imported', ?, ?)
            """, run.text, Timestamp.now.rfc3339, Timestamp.now.rfc3339, count)
        return run
    }

    func worker(_ sink: any Sink) throws -> SinkWorker {
        try SinkWorker(
            location, sink: sink, directory: "\(directory.path)/\(sink.name)-work", logger: Logger([]))
    }

    /// Lines of a file of the sink of files.
    func lines(_ run: RunID) throws -> [String] {
        String(decoding: try Files.read("\(directory.path)/ndjson/tag/\(run)-DEMO-DEMO.ndjson"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    var files: FileSink { FileSink(directory: "\(directory.path)/ndjson") }
}

/// A cluster that takes documents, and what went wrong with it.
final class Cluster {
    private let directory: String
    private let server: Peer
    private let port: String
    /// How long the sink wanted to wait before another attempt.
    let pauses = Pauses()

    final class Pauses: Sendable {
        private let seconds = Mutex<[Int64]>([])
        func add(_ pause: Duration) { seconds.withLock { $0.append(pause.components.seconds) } }
        var all: [Int64] { seconds.withLock { $0 } }
    }

    init(in temporary: TemporaryDirectory) throws {
        directory = "\(temporary.path)/cluster"
        try Files.makeDirectory(directory)
        let script = #filePath.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/bulk-server.py"
        server = try Peer("/usr/bin/python3", [script, directory])
        port = try server.line()
    }

    /// What goes wrong with the next requests, as JSON.
    func fail(_ faults: String) throws { try Files.write(faults.utf8, to: "\(directory)/faults.json") }

    /// - Parameter password: of the login.
    func sink(password: String = "pass word") throws -> SearchSink {
        let login = Data("writer:\(password)".utf8).base64EncodedString()
        return SearchSink(
            .init(
                address: "http://127.0.0.1:\(port)/", authorization: "Basic \(login)", authorityFile: nil,
                prefix: "gathering"),
            http: try HTTPClient(HTTPClient.Configuration(userAgent: "test")), logger: Logger([]),
            pause: { [pauses] pause in pauses.add(pause) })
    }

    /// Tags of the documents by what they are indexed under.
    func tags() throws -> [String: String] {
        guard try Files.status("\(directory)/documents.json") != nil else { return [:] }
        struct Document: Decodable { let tag_name: String }
        return try JSONDecoder().decode(
            [String: Document].self, from: Data(Files.read("\(directory)/documents.json", limit: 64 << 20))
        ).mapValues(\.tag_name)
    }

    func requests() throws -> Int {
        try Files.read("\(directory)/requests.jsonl").filter { $0 == UInt8(ascii: "\n") }.count
    }
}
