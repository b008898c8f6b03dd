import Files
import FoundationEssentials
import Gathering
import Git
import Glibc
import Processes
import Tables
import TestSupport

/// A repository with a working tree, made for one test with fixed names and dates.
final class TestRepository {
    private let directory: TemporaryDirectory
    private let program: Program
    private var time = 1_700_000_000

    var path: String { directory.path }

    init(branch: String = "master") throws {
        directory = try TemporaryDirectory()
        program = try Program.find("git", in: "/usr/local/bin:/usr/bin:/bin")
        try git("init", "-q", "-b", branch)
    }

    @discardableResult
    func git(_ arguments: String..., input: [UInt8] = []) throws -> String {
        var output = try output(arguments, input: input)
        while output.last == UInt8(ascii: "\n") { output.removeLast() }
        return String(decoding: output, as: UTF8.self)
    }

    /// What a command writes, byte for byte.
    func output(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        time += 60
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path, "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ann Author", "GIT_AUTHOR_EMAIL": "ann@example.test",
            "GIT_COMMITTER_NAME": "Ann Author", "GIT_COMMITTER_EMAIL": "ann@example.test",
            "GIT_AUTHOR_DATE": "\(time) +0100", "GIT_COMMITTER_DATE": "\(time) +0100",
        ]
        var invocation = Invocation(program, arguments, environment: environment, directory: path)
        invocation.input = .bytes(input)
        let process = try Process.start(invocation)
        var output: [UInt8] = []
        while true {
            let bytes = try process.read(upTo: 64 << 10)
            if bytes.isEmpty { break }
            output += bytes
        }
        try process.wait().requireSuccess()
        return output
    }

    func write(_ name: String, _ content: String) throws {
        if let slash = name.lastIndex(of: "/") { try Files.makeDirectory("\(path)/\(name[..<slash])") }
        try Files.write(content.utf8, to: "\(path)/\(name)")
    }

    func remove(_ name: String) throws { try Files.remove("\(path)/\(name)") }

    func link(_ name: String, to target: String) throws {
        guard unsafe symlink(target, "\(path)/\(name)") == 0 else { throw FileError(.create, name) }
    }

    /// Commits the whole working tree and returns the id.
    func commit(_ message: String) throws -> String {
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return try head()
    }

    func head() throws -> String { try git("rev-parse", "HEAD") }

    /// Adds a line of commits that each change one file.
    func importCommits(_ count: Int) throws {
        let stream = (0..<count).map { number in
            """
            commit refs/heads/master
            committer Ann Author <ann@example.test> \(1_500_000_000 + number * 60) +0000
            data <<END
            Commit \(number)
            END
            M 644 inline file\(number % 7).txt
            data <<END
            \(number)
            END

            """
        }.joined()
        try git("fast-import", "--quiet", input: Array(stream.utf8))
    }
}

/// What a gathering of a repository brought, in the clear. One that is given `from` a version knows only that one;
/// one `after` another begins where that one ended, as if that had been delivered.
struct Gathered {
    let report: SourceReport
    private let tables: [String: [[String: String]]]

    init(
        _ repository: TestRepository, storage: TemporaryDirectory? = nil, from version: String? = nil,
        storagePath: String? = nil, after previous: Gathered? = nil, _ change: (inout GitSettings) -> Void = { _ in }
    ) async throws {
        let storage = try storage ?? TemporaryDirectory()
        defer { withExtendedLifetime(storage) {} }
        let output = try TemporaryDirectory()
        var settings = GitSettings(name: "test", url: repository.path)
        change(&settings)
        let source = GitSource(settings)
        var trackers = Trackers()
        if let version { trackers.set(version, .versions, of: "test") }
        for cursor in previous?.report.cursors ?? [] { trackers.set(cursor.value, cursor.tracker, of: "test") }
        let request = GatheringRequest(
            storage: storagePath ?? storage.path, trackers: trackers, sprints: .empty,
            output: SourceOutput(directory: output.path, secrets: nil), activity: SourceActivity(), parallelism: 2)
        report = try await source.gather(request)
        var tables: [String: [[String: String]]] = [:]
        for schema in source.tables + source.occasionalTables {
            let table = try TableWriter.write(schema, segments: request.output.segments(of: schema), in: output.path)
            tables[schema.name] = try JSONDecoder().decode([[String: String]].self, from: Data(Files.read(table.path)))
        }
        self.tables = tables
    }

    func rows(_ table: String) -> [[String: String]] { tables[table] ?? [] }

    var cursor: String? { report.cursors.first { $0.tracker == .versions }?.value }
}
