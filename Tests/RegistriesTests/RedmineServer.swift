import Configuration
import Files
import HTTP
import Registries
import RegistryDefinitions
import TestSupport

/// A real Redmine with issues in it, served over SQLite from a directory of its own: nothing outside of it is written.
final class RedmineServer: Sendable {
    /// Where Debian's package has the program.
    private static let program = "/usr/share/redmine"

    static var isInstalled: Bool { get throws { try Files.status("\(program)/config.ru") != nil } }

    private let directory: TemporaryDirectory
    private let process: Peer
    private let address: String
    private let key: String
    private let http: HTTPClient

    /// - Parameter count: how many issues, one of which is of another project.
    init(issues count: Int) throws {
        directory = try TemporaryDirectory()
        let home = "\(directory.path)/redmine"
        try Self.copyProgram(to: home)
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": directory.path, "TMPDIR": directory.path, "LANG": "C.UTF-8", "TZ": "UTC",
            "RAILS_ENV": "production", "SCHEMA": "/dev/null",
        ]
        try Peer.run("rake", ["db:migrate"], environment: environment, directory: home)
        let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/redmine-server.rb"
        process = try Peer("ruby", ["-W0", script, "\(count)"], environment: environment, directory: home)
        let words = try process.line(containing: "ready ").split(separator: " ")
        guard words.count == 3 else { throw Peer.Failure(description: "expected port and key of Redmine") }
        address = "http://127.0.0.1:\(words[1])/"
        key = String(words[2])
        http = try HTTPClient(.init(userAgent: "test/1"))
    }

    /// The package's own instance is for its web server; its place is taken by one that this test can write.
    private static func copyProgram(to home: String) throws {
        try Peer.run("cp", ["-r", "--no-preserve=mode,ownership", program, home])
        try Peer.run("rm", ["-f", "\(home)/Gemfile.lock", "\(home)/instances", "\(home)/config/database.yml"])
        let instance = "\(home)/instances/default"
        try Peer.run(
            "mkdir", ["-p"] + ["config", "log", "tmp", "files", "public/plugin_assets"].map { "\(instance)/\($0)" })
        try Files.write(
            Array(
                """
                production:
                  adapter: sqlite3
                  database: \(home)/redmine.sqlite
                  pool: 20
                  timeout: 120000

                """.utf8), to: "\(instance)/config/database.yml")
        try Peer.run("ln", ["-s", "../instances/default/config/database.yml", "\(home)/config/database.yml"])
        try Files.write(Array("0123456789abcdef0123456789abcdef\n".utf8), to: "\(instance)/config/secret_key.txt")
        // It looks there for the databases to load programs for.
        try Peer.run("sed", ["-i", "s|\(program)|\(home)|", "\(home)/Gemfile"])
        try Files.write(Array("gem 'webrick'\n".utf8), to: "\(home)/Gemfile.local")
    }

    func source(_ definition: String, key: String? = nil) throws -> RegistrySource {
        var settings = RegistrySettings(
            name: "Redmine", base: try WebAddress(address),
            definition: try RegistryDefinition(Array(definition.utf8), path: "redmine.json"), http: http)
        settings.token = Secret(key ?? self.key)
        return RegistrySource(settings)
    }

    /// Changes an issue as its web API does: a change of somebody who reads.
    func change(_ issue: Int, subject: String) async throws {
        var request = try HTTPRequest(.put, "\(address)issues/\(issue).json")
        request.transport = .plainAllowed
        request.headers["Content-Type"] = "application/json"
        request.headers["X-Redmine-API-Key"] = key
        request.body = Array(#"{"issue": {"subject": "\#(subject)"}}"#.utf8)
        let answer = try await http.send(request)
        guard answer.isSuccess else { throw Peer.Failure(description: "Redmine answers \(answer.status)") }
    }
}
