import Files
import Processes
import TestSupport

/// A `controller serve` on free ports of the loopback address. It ends, with its SSH server, when the value does.
final class RunningController: @unchecked Sendable {
    let state: String
    private(set) var port: UInt16 = 0
    private(set) var sshPort: UInt16 = 0
    let log: String
    private let program: String
    private var process: Process?
    /// Follows the log.
    private var follower: Peer?

    /// - Parameter hosts: for what the certificate is valid.
    init(in directory: TemporaryDirectory, name: String = "controller", hosts: [String] = ["127.0.0.1"]) throws {
        state = "\(directory.path)/\(name) state"
        log = "\(directory.path)/\(name).log"
        program = try BuiltProgram.path("controller")
        try Ran.program(program, ["init", "--state", state] + hosts.flatMap { ["--host", $0] }).required()
        try start()
    }

    deinit { stop() }

    /// `127.0.0.1:port`
    var address: String { "127.0.0.1:\(port)" }
    var certificate: String { "\(state)/certificate.pem" }
    var hostKey: String { "\(state)/ssh/ssh_host_ed25519_key" }

    /// Between choosing a free port and listening somebody else may take it: then others are tried.
    func start() throws {
        var reason = ""
        for _ in 0..<5 {
            (port, sshPort) = (try SecureShellServer.freePort(), try SecureShellServer.freePort())
            try start(port, sshPort)
            while let line = try follower?.line() {
                if line.contains("\"receiving uploads\"") { return }
                if line.hasPrefix("controller serve:") {
                    reason = line
                    break
                }
            }
            stop()
        }
        throw Ran.Failed(description: "the controller does not start: \(reason)")
    }

    private func start(_ port: UInt16, _ sshPort: UInt16) throws {
        let size = try Files.status(log)?.size ?? 0
        let file = try Descriptor(log, .append(permissions: 0o600))
        var invocation = Invocation(
            Program(path: program),
            ["serve", "--state", state, "--listen", "127.0.0.1", "--port", "\(port)", "--ssh-port", "\(sshPort)"],
            environment: ["PATH": "/usr/bin:/bin", "LOG_FORMAT": "json"], directory: "/")
        invocation.output = .descriptor(file.raw)
        invocation.errors = .merged
        process = try Process.start(invocation)
        withExtendedLifetime(file) {}
        follower = try Peer("tail", ["-c", "+\(size + 1)", "-f", log])
    }

    func stop() {
        process?.terminate(grace: .seconds(20))
        process = nil
        follower = nil
    }

    /// Waits until the log of this start has so many more lines with the text.
    func waitForLog(_ text: String, count: Int = 1) throws {
        for _ in 0..<count { _ = try follower?.line(containing: text) }
    }

    /// Runs another command of the controller.
    func command(_ words: String...) throws -> Ran { try command(words) }

    func command(_ words: [String]) throws -> Ran { try Ran.program(program, words + ["--state", state]) }

    func enrol(_ agent: String, _ projects: String...) throws -> String {
        try Ran.program(program, ["enrol", agent, "--state", state] + projects.flatMap { ["--project", $0] })
            .required().line
    }

    // MARK: What is in it

    /// The rows of a query, as `sqlite3` shows them.
    func query(_ text: String) throws -> [String] {
        try Ran.program("sqlite3", ["-batch", "-cmd", ".timeout 10000", "\(state)/controller.sqlite", text])
            .required().output.split(separator: "\n").map(String.init)
    }

    func count(_ table: String, where condition: String = "1") throws -> Int {
        guard try query("SELECT 1 FROM sqlite_master WHERE name = '\(table)'") == ["1"] else { return 0 }
        return Int(try query("SELECT count(*) FROM \(table) WHERE \(condition)").first ?? "") ?? -1
    }

    /// The directories of all bundles that were received and kept, oldest first.
    func keptBundles() throws -> [String] {
        try query("SELECT agent || '/' || project || '/' || run FROM controller_bundles ORDER BY run")
            .map { "\(state)/spool/bundles/\($0)" }
    }

    /// Everything that a refused request must leave as it was: the database but for the audit trail, the bundles, the
    /// keys that may log in.
    func snapshot() throws -> String {
        try Ran.script(
            """
            cd "$1"
            rm -f ../snapshot.sqlite
            sqlite3 -batch -cmd '.timeout 10000' controller.sqlite '.backup ../snapshot.sqlite'
            # When and from where an agent was seen is noted of refused requests too.
            sqlite3 ../snapshot.sqlite 'UPDATE controller_agents SET seen_at = NULL, address = NULL, version = NULL'
            sqlite3 ../snapshot.sqlite .dump | grep -v controller_audit
            find spool -path spool/incoming -prune -o -path spool/quarantine -prune -o -type f -exec sha256sum {} + | sort -k 2
            cat ssh/authorized_keys
            """, state
        ).required().output
    }

    /// Lines of the audit trail.
    func audit() throws -> [String] {
        try query("SELECT event || coalesce(' ' || detail, '') FROM controller_audit ORDER BY rowid")
    }
}
