import Bundles
import ControllerAPI
import Cryptography
import Database
import Files
import Fleet
import Logging
import Reception
import SQLite
import Tables
import TestSupport
import Testing
import Timestamps

@Suite struct ReceptionTests {
    private let directory: TemporaryDirectory
    private let agent: AgentKey
    private let project: ProjectKey
    private let key: SigningKey
    private let receiptKey: SigningKey
    private let sealer: Sealer
    private let spool: Spool
    private let reception: Reception
    private let importer: Importer

    private var database: String { "\(directory.path)/controller.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
        agent = try AgentKey("DEMO")
        project = try ProjectKey("DEMO")
        key = try SigningKey.generate()
        receiptKey = try SigningKey.generate()
        let (certificate, privateKey) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(3600))
        sealer = try Sealer(certificate)
        spool = Spool(state: directory.path)
        let logger = Logger([])
        _ = try Fleet("\(directory.path)/controller.sqlite")
        reception = try Reception(
            database: "\(directory.path)/controller.sqlite", spool: spool, opener: Opener(certificate, privateKey),
            receiptKey: receiptKey, logger: logger)
        importer = try Importer(database: "\(directory.path)/controller.sqlite", spool: spool, logger: logger)
    }

    private static let rows = [
        Tables.Row(values: ["demo", "v1", "abc", "0", "0", "t", "e"], protection: .pseudonymised),
        Tables.Row(values: ["demo", "v2", "def", "Two", "2026-01-02 03:04:05", "t", "e"], protection: .pseudonymised),
    ]

    /// Seals a table of tags into the agent's upload directory.
    private func upload(_ rows: [Tables.Row] = Self.rows, run: RunID = RunID()) throws -> BundleAnnouncement {
        let workspace = try TemporaryDirectory()
        let segment = try TableSegment(.tag, path: "\(workspace.path)/segment")
        for row in rows { try segment.append(row) }
        let table = try TableWriter.write(.tag, segments: [try segment.finish()], in: workspace.path)
        try Files.write("{\"demo\": \"abc\"}".utf8, to: "\(workspace.path)/latest_vcs_versions.json")
        let contents = BundleWriter.Contents(
            identity: BundleIdentity(agent: agent, project: project, run: run), schemaVersion: 1, created: .now,
            previous: nil,
            pseudonymScheme: 1,
            files: [
                BundleFile(table),
                try BundleFile(
                    "latest_vcs_versions.json", path: "\(workspace.path)/latest_vcs_versions.json", .tracker),
            ])
        let incoming = spool.incoming(agent, project, run)
        try Files.makeDirectory(incoming)
        return try BundleWriter(sealer, key).seal(contents, into: incoming).announcement
    }

    private func tags() throws -> [[String?]] {
        try Connection(database, .readOnly).all(
            "SELECT tag_name, version_id, tagged_date, encrypted FROM tag ORDER BY 1"
        ) { row in
            let name: String = try row[0]
            let version: String = try row[1]
            let date: String? = try row[2]
            let encrypted: Int = try row[3]
            return [name, version, date, String(encrypted)]
        }
    }

    @Test func takesVerifiesAndImportsOnce() async throws {
        let announcement = try upload()
        let receipt = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        try receipt.verify(
            agent: agent, project: project, run: announcement.run, manifest: announcement.manifest,
            by: receiptKey.publicKey)
        #expect(try Files.status(spool.incoming(agent, project, announcement.run)) == nil)
        let outcome = try await importer.importNext()
        #expect(outcome?.rows == 2)
        #expect(try tags() == [["v1", "abc", nil, "1"], ["v2", "def", "2026-01-02 03:04:05", "1"]])
        #expect(try await importer.importNext()?.rows == nil)
        #expect(try Files.status(spool.opened(agent, project, announcement.run)) == nil)
    }

    @Test func theSameRowsInAnotherRunChangeNothingAndNewerStateReplaces() async throws {
        for rows in [
            Self.rows, Self.rows,
            [Tables.Row(values: ["demo", "v1", "moved", "0", "0", "t", "e"], protection: .pseudonymised)],
        ] {
            let announcement = try upload(rows)
            _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
            _ = try await importer.importNext()
        }
        #expect(try tags().map { $0[1] } == ["moved", "def"])
    }

    @Test func removesOldRowsOfTheTablesThatAgentsDeclareToo() async throws {
        let workspace = try TemporaryDirectory()
        let table = DeclaredTable(name: "rest_line", columns: [.init(name: "id", type: .text, personal: false)])
        let schema = try #require(table.schema)
        var second = Timestamp.now.seconds
        func deliver(_ ids: [String]) async throws {
            let segment = try TableSegment(schema, path: "\(workspace.path)/segment")
            for id in ids { try segment.append(Tables.Row(values: ["R", id], protection: .unneeded)) }
            let file = try TableWriter.write(schema, segments: [segment.finish()], in: workspace.path)
            second += 1
            let run = RunID(at: Timestamp(seconds: second))
            let contents = BundleWriter.Contents(
                identity: BundleIdentity(agent: agent, project: project, run: run), schemaVersion: 1, created: .now,
                previous: nil, pseudonymScheme: 1, files: [BundleFile(file)], declared: [table])
            try Files.makeDirectory(spool.incoming(agent, project, run))
            let announcement = try BundleWriter(sealer, key).seal(contents, into: spool.incoming(agent, project, run))
                .announcement
            _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
            _ = try await importer.importNext()
        }
        try await deliver(["a", "b", "c"])
        // The second run brings one row anew: it is the second run's from then on.
        try await deliver(["c", "d"])
        try Connection(database, .readWrite).execute(
            "UPDATE controller_bundles SET imported_at = '2000-01-01T00:00:00Z' WHERE run = (SELECT min(run) FROM controller_bundles)"
        )
        let limit = Timestamp(seconds: 1_000_000_000)
        let purge = try Purge(.file(database), spool: spool, .init([.rows], before: limit))
        #expect(try purge.find().map { "\($0.name) \($0.rows)" } == ["rest_line 2"])
        #expect(try purge.remove().count == 1)
        let ids = try Connection(database, .readOnly).all("SELECT id FROM rest_line ORDER BY id") { row in
            try row[0] as String
        }
        #expect(ids == ["c", "d"])
        #expect(try purge.find().isEmpty)
    }

    @Test func makesTheTablesThatAgentsDeclare() async throws {
        let workspace = try TemporaryDirectory()
        // Runs of one second have no order, and here it matters.
        var second = Timestamp.now.seconds
        func deliver(_ columns: [DeclaredTable.Column], _ rows: [[String?]], isDeclared: Bool = true) async throws {
            let table = DeclaredTable(
                name: "rest_line", columns: [.init(name: "id", type: .text, personal: false)] + columns)
            let schema = try #require(table.schema)
            let segment = try TableSegment(schema, path: "\(workspace.path)/segment")
            for row in rows { try segment.append(Tables.Row(values: row, protection: .unneeded)) }
            let file = try TableWriter.write(schema, segments: [segment.finish()], in: workspace.path)
            second += 1
            let run = RunID(at: Timestamp(seconds: second))
            let contents = BundleWriter.Contents(
                identity: BundleIdentity(agent: agent, project: project, run: run), schemaVersion: 1, created: .now,
                previous: nil, pseudonymScheme: 1, files: [BundleFile(file)], declared: isDeclared ? [table] : [])
            try Files.makeDirectory(spool.incoming(agent, project, run))
            let announcement = try BundleWriter(sealer, key).seal(contents, into: spool.incoming(agent, project, run))
                .announcement
            _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        }
        let number = DeclaredTable.Column(name: "number", type: .integer, personal: false)
        let flag = DeclaredTable.Column(name: "flag", type: .boolean, personal: false)
        try await deliver([number], [["R", "a", "1"], ["R", "b", "2"]])
        try await deliver([flag, number], [["R", "a", "1", "3"]])
        try await deliver([number], [["R", "c", "1"]], isDeclared: false)
        #expect(try await importer.importNext()?.rows == 2)
        #expect(try await importer.importNext()?.rows == 1)
        #expect(try await importer.importNext()?.isImported == false)
        let rows = try Connection(database, .readOnly).all("SELECT id, number, flag FROM rest_line ORDER BY id") {
            row in
            let flag: Int? = try row[2]
            return "\(try row[0] as String) \(try row[1] as Int) \(flag.map { "\($0)" } ?? "-")"
        }
        #expect(rows == ["a 3 1", "b 2 -"])
    }

    @Test func announcedAgainTheReceiptIsGivenAgain() async throws {
        let announcement = try upload()
        _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        let other = try upload([Self.rows[0]], run: announcement.run)
        let error = try await #require(throws: ReceptionError.self) {
            try await reception.receive(other, of: project, from: agent, keys: [key.publicKey])
        }
        #expect(error.code == .runTaken)
        _ = try await importer.importNext()
        #expect(try await importer.importNext()?.rows == nil)
        #expect(try tags().count == 2)
    }

    @Test(arguments: ["changed", "shortened", "missing", "anotherKey"])
    func whatIsNotSoundGoesToQuarantine(fault: String) async throws {
        let announcement = try upload()
        let part = "\(spool.incoming(agent, project, announcement.run))/001.cms"
        var bytes = try Files.read(part)
        var publicKey = key.publicKey
        switch fault {
        case "changed":
            bytes[bytes.count / 2] ^= 1
            try Files.write(bytes, to: part)
        case "shortened": try Files.write(bytes.dropLast(), to: part)
        case "missing": try Files.remove(part)
        default: publicKey = try SigningKey.generate().publicKey
        }
        let error = try await #require(throws: ReceptionError.self) {
            try await reception.receive(announcement, of: project, from: agent, keys: [publicKey])
        }
        #expect(error.code == .refused)
        #expect(try await importer.importNext()?.rows == nil)
        let kept = "\(directory.path)/spool/quarantine/DEMO/DEMO/\(announcement.run).1"
        #expect(try Files.list(kept).contains("reason.txt"))
        let again = try upload(run: announcement.run)
        _ = try await reception.receive(again, of: project, from: agent, keys: [key.publicKey])
        #expect(try await importer.importNext()?.rows == 2)
    }

    @Test func nothingUploadedIsTold() async throws {
        let announcement = try upload()
        try Files.removeTree(spool.incoming(agent, project, announcement.run))
        let error = try await #require(throws: ReceptionError.self) {
            try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        }
        #expect(error.code == .nothingUploaded)
    }

    @Test func whatWasReceivedIsImportedAfterACrash() async throws {
        let announcement = try upload()
        _ = try await reception.receive(announcement, of: project, from: agent, keys: [key.publicKey])
        try Files.removeTree(spool.opened(agent, project, announcement.run))
        try await reception.recover { [key] _ in [key.publicKey] }
        #expect(try await importer.importNext()?.rows == 2)
    }
}
