import Bundles
import ControllerAPI
import Cryptography
import Database
import Files
import Fleet
import Logging
import Reception
import Tables
import TestSupport
import Testing
import Timestamps

/// What several controllers do with one PostgreSQL database.
@Suite struct SharedStoreTests {
    private let server: DatabaseServer
    private let directory: TemporaryDirectory
    private let agent: AgentKey
    private let project: ProjectKey
    private let key: SigningKey
    private let sealer: Sealer
    private let spool: Spool
    private let fleet: Fleet
    private let reception: Reception
    private let importer: Importer
    private let store: StoreLocation

    init() throws {
        server = try DatabaseServer()
        directory = try TemporaryDirectory()
        agent = try AgentKey("DEMO")
        project = try ProjectKey("DEMO")
        key = try SigningKey.generate()
        let (certificate, privateKey) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(3600))
        sealer = try Sealer(certificate)
        spool = Spool(state: directory.path)
        store = .server(server.address)
        fleet = try Fleet(store)
        reception = try Reception(
            store, spool: spool, opener: Opener(certificate, privateKey), receiptKey: .generate(), logger: Logger([]))
        importer = try Importer(store, spool: spool, logger: Logger([]))
    }

    /// Seals tables of tags and of commits into the agent's upload directory and announces them.
    private func deliver(
        tags: [[String?]], commits: Int = 0, from number: Int = 0, declared: (DeclaredTable, [[String?]])? = nil
    ) async throws {
        let workspace = try TemporaryDirectory()
        let run = RunID()
        var files: [BundleFile] = []
        func add(_ schema: TableSchema, _ rows: [[String?]]) throws {
            let segment = try TableSegment(schema, path: "\(workspace.path)/segment-\(schema.name)")
            for row in rows { try segment.append(Row(values: row, protection: .pseudonymised)) }
            files.append(
                BundleFile(try TableWriter.write(schema, segments: [segment.finish()], in: workspace.path)))
        }
        try add(.tag, tags)
        try add(
            .vcsVersions,
            (0..<commits).map { row in
                [
                    "demo", "\(number)-\(row)", "0", "tab\tbackslash \\ line\nend", "commit", "d", "u", "e",
                    "2026-01-05 10:00:00", "0", "3", "no number", "1", "4", "1", "main",
                ]
            })
        if let (table, rows) = declared { try add(#require(table.schema), rows) }
        let contents = BundleWriter.Contents(
            identity: BundleIdentity(agent: agent, project: project, run: run), schemaVersion: 1, created: .now,
            previous: nil, pseudonymScheme: 1, files: files, declared: declared.map { [$0.0] } ?? [])
        let incoming = spool.incoming(agent, project, run)
        try Files.makeDirectory(incoming)
        let announcement = try BundleWriter(sealer, key).seal(contents, into: incoming).announcement
        _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
    }

    private func tag(_ name: String, _ message: String?) -> [String?] { ["demo", name, "abc", message, "0", "t", "e"] }

    @Test func enrolsAndRefusesAsTheFileDoes() async throws {
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(3600))
        guard case .accepted = try await fleet.register(agent, for: project, key: key.publicKey, token: token) else {
            Issue.record("not accepted")
            return
        }
        let thief = try SigningKey.generate().publicKey
        guard case .refused(.usedToken) = try await fleet.register(agent, for: project, key: thief, token: token) else {
            Issue.record("a token was used twice")
            return
        }
        #expect(try await Fleet(store).key(of: agent) == key.publicKey)
    }

    @Test func importsTypedRowsAndTheLastStateOfEach() async throws {
        try await deliver(tags: [tag("v1", "first"), tag("v1", "second"), tag(#"v\2"#, nil)], commits: 3)
        #expect(try await importer.importNext()?.rows == 6)
        #expect(try await importer.importNext()?.rows == nil)
        let reader = try Store(store)
        let tags = try reader.all("SELECT tag_name, message, encrypted FROM tag ORDER BY tag_name DESC") { row in
            [try row[0] as String, try row[1] as String? ?? "none", String(try row[2] as Int)]
        }
        #expect(tags.sorted { $0[0] < $1[0] } == [["v1", "second", "1"], [#"v\2"#, "none", "1"]])
        let weeks = try reader.all("SELECT week, commits, insertions, deletions FROM commits_per_week") { row in
            (try row[0] as String, try row[1] as Int, try row[2] as Int, try row[3] as Int?)
        }
        #expect(weeks.map(\.0) == ["2026-01-05"] && weeks.map(\.1) == [3] && weeks.map(\.2) == [9])
        #expect(weeks.map(\.3) == [nil])
        let message: String? = try reader.first("SELECT message FROM vcs_versions LIMIT 1")
        #expect(message == "tab\tbackslash \\ line\nend")
        let list = try RunList(store, project: project, limit: 5)
        #expect(list.counts == ["imported": 1] && list.rows == 6 && list.waitingSince == nil)
        #expect(list.runs.map(\.rows) == [6])
        #expect(try RunList(store, project: ProjectKey("OTHER"), limit: 5).runs.isEmpty)
    }

    @Test func rowsThatAreThereAlreadyChangeWhereverInALargeFileTheyCome() async throws {
        // Each file has more than a portion; what is repeated comes at the end of the last one, some of it twice.
        let filler = String(repeating: "x", count: 100)
        func tags(_ numbers: Range<Int>, _ message: String) -> [[String?]] {
            numbers.map { tag("v\($0)", "\(message) \(filler)") }
        }
        try await deliver(tags: tags(0..<40_000, "first"))
        try await deliver(
            tags: tags(40_000..<80_000, "second") + tags(39_990..<40_010, "third") + tags(39_995..<40_005, "fourth"))
        #expect(try await importer.importNext()?.rows == 40_000)
        #expect(try await importer.importNext()?.rows == 40_030)
        let counts = try Store(store).all(
            "SELECT split_part(message, ' ', 1), COUNT(*) FROM tag GROUP BY 1 ORDER BY 1"
        ) { row in "\(try row[0] as String) \(try row[1] as Int)" }
        #expect(counts == ["first 39990", "fourth 10", "second 39990", "third 10"])
    }

    @Test func makesTheTablesThatAgentsDeclare() async throws {
        func table(_ columns: [DeclaredTable.Column]) -> DeclaredTable {
            DeclaredTable(name: "rest_line", columns: [.init(name: "id", type: .text, personal: false)] + columns)
        }
        let number = DeclaredTable.Column(name: "number", type: .integer, personal: false)
        let owner = DeclaredTable.Column(name: "owner", type: .text, personal: true)
        try await deliver(
            tags: [], declared: (table([number]), [["R", "a", "1"], ["R", "b", "2"], ["R", "a", "3"]]))
        #expect(try await importer.importNext()?.rows == 3)
        // Another column, and one with another type than the store has.
        let text = DeclaredTable.Column(name: "number", type: .text, personal: false)
        try await deliver(
            tags: [], declared: (table([owner, text]), [["R", "a", "p", "none"], ["S", "a", "q", "7"]]))
        #expect(try await importer.importNext()?.rows == 2)
        let rows = try Store(store).all(
            "SELECT source, id, number, owner, encrypted FROM rest_line ORDER BY source, id"
        ) { row in
            [
                try row[0] as String, try row[1] as String, (try row[2] as Int?).map { "\($0)" } ?? "-",
                try row[3] as String? ?? "-", (try row[4] as Int?).map { "\($0)" } ?? "-",
            ]
        }
        #expect(rows == [["R", "a", "-", "p", "1"], ["R", "b", "2", "-", "-"], ["S", "a", "7", "q", "1"]])
    }

    @Test(arguments: ["controller_agents", "vcs_versions", "rest_", "rest_A", "rest_a; drop table tag", "rest_\"a"])
    func takesNoTableOfAnotherKindForADeclaredOne(name: String) {
        let column = DeclaredTable.Column(name: "id", type: .text, personal: false)
        #expect(DeclaredTable(name: name, columns: [column]).schema == nil)
        #expect(
            DeclaredTable(name: "rest_a", columns: [column, .init(name: name, type: .text, personal: false)]).schema
                == nil
                || name == "controller_agents" || name == "vcs_versions" || name == "rest_")
    }

    @Test func eachBundleIsImportedOnceThoughImportersAreKilled() async throws {
        let bundles = 12
        for number in 0..<bundles { try await deliver(tags: [], commits: 500, from: number) }
        // The server itself counts how often a bundle became imported.
        let reader = try Store(store)
        try reader.executeScript(
            """
            CREATE TABLE finished (run TEXT NOT NULL);
            CREATE FUNCTION finish() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO finished VALUES (NEW.run); RETURN NEW; END $$;
            CREATE TRIGGER finish AFTER UPDATE ON controller_bundles FOR EACH ROW EXECUTE FUNCTION finish()
            """)
        func waiting() throws -> Int {
            try reader.first("SELECT COUNT(*) FROM controller_bundles WHERE state = 'received'") ?? 0
        }
        func start() throws -> Peer {
            try Peer(BuiltProgram.path("ImportProbe"), [server.address, directory.path])
        }
        let steady = try start()
        for _ in 0..<4 {
            let victim = try start()
            // Until both are at work, or the work is done.
            while try waiting() > 0 {
                let working: Int? = try reader.first(
                    """
                    SELECT COUNT(*) FROM pg_stat_activity
                    WHERE application_name = 'gathering-controller' AND backend_xid IS NOT NULL
                    """)
                if (working ?? 0) > 0 { break }
                try await Task.sleep(for: .milliseconds(2))
            }
            victim.kill()
        }
        #expect(steady.wait() == 0)
        let last = try start()
        #expect(last.wait() == 0)
        #expect(try waiting() == 0)
        let counts = try reader.first("SELECT COUNT(*), COUNT(DISTINCT run) FROM finished") { row in
            [try row[0] as Int, try row[1] as Int]
        }
        #expect(counts == [bundles, bundles])
        let rows: Int? = try reader.first("SELECT COUNT(*) FROM vcs_versions")
        #expect(rows == bundles * 500)
    }
}
