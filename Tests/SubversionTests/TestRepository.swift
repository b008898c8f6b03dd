import Configuration
import Files
import FoundationEssentials
import Gathering
import Subversion
import Tables
import TestSupport

/// A Subversion repository made for one test.
final class TestRepository: Sendable {
    private let directory: TemporaryDirectory

    /// The directory that the repository `repository` is in.
    var parent: String { directory.path }
    var path: String { "\(directory.path)/repository" }
    var url: String { "file://\(path)" }

    /// An empty repository.
    /// - Parameter parent: where its directory is made; a long history takes its time on a disk.
    init(in parent: String = "/tmp") throws {
        directory = try TemporaryDirectory(in: parent)
        try Peer.run("svnadmin", ["create", path])
    }

    convenience init(_ dump: RepositoryDump, in parent: String = "/tmp") throws {
        try self.init(in: parent)
        try dump.load(into: path)
    }

    /// A repository whose directories are each stored whole, as old ones are: a damaged revision damages no later one.
    static func withWholeDirectories(_ dump: RepositoryDump, in parent: String = "/tmp") throws -> TestRepository {
        let repository = try TestRepository(in: parent)
        try Files.write(
            "[deltification]\nenable-dir-deltification = false\n".utf8, to: "\(repository.path)/db/fsfs.conf")
        try repository.append(dump)
        return repository
    }

    /// Adds the revisions of a dump that begins after the last one.
    func append(_ dump: RepositoryDump) throws { try dump.load(into: path) }

    /// The usual layout in revision 1.
    static var layout: RepositoryDump {
        var dump = RepositoryDump()
        dump.revision("Layout", .directory("trunk"), .directory("branches"), .directory("tags"))
        return dump
    }
}

/// What a gathering of a repository brought, in the clear.
struct Gathered {
    let report: SourceReport
    private let tables: [String: [[String: String]]]

    init(
        _ settings: SubversionSettings, from version: String? = nil, sprints: SprintCalendar = .empty,
        parallelism: Int = 2
    ) async throws {
        let storage = try TemporaryDirectory()
        let output = try TemporaryDirectory()
        let source = SubversionSource(settings)
        var trackers = Trackers()
        if let version { trackers.set(version, .versions, of: settings.name) }
        let request = GatheringRequest(
            storage: storage.path, trackers: trackers, sprints: sprints,
            output: SourceOutput(directory: output.path, secrets: nil), activity: SourceActivity(),
            parallelism: parallelism)
        report = try await source.gather(request)
        var tables: [String: [[String: String]]] = [:]
        for schema in source.tables {
            let table = try TableWriter.write(schema, segments: request.output.segments(of: schema), in: output.path)
            tables[schema.name] = try JSONDecoder().decode(
                [[String: String]].self, from: Data(Files.read(table.path, limit: 256 << 20)))
        }
        self.tables = tables
    }

    init(_ repository: TestRepository, from version: String? = nil) async throws {
        try await self.init(SubversionSettings(name: "test", url: repository.url), from: version)
    }

    func rows(_ table: String) -> [[String: String]] { tables[table] ?? [] }

    /// The values of some members of all rows; a member that is not there is empty.
    func values(_ table: String, _ members: String...) -> [[String]] {
        rows(table).map { row in members.map { row[$0] ?? "" } }
    }

    var cursor: String? { report.cursors.first?.value }
}
