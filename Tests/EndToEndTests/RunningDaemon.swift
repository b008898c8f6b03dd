import Files
import FoundationEssentials
import Processes
import TestSupport

/// An `agent daemon` on a free port of the loopback address. It ends when the value does.
final class RunningDaemon: @unchecked Sendable {
    let port: UInt16
    private let home: String
    private let log: String
    private let program: String
    private let process: Process

    /// - Parameters:
    ///   - words: the command; none is the agent's own choice.
    ///   - environment: besides `AGENT_HOME` and `LOG_FORMAT`.
    init(_ agent: AgentHome, _ words: [String] = ["daemon"], environment: [String: String] = [:]) throws {
        home = agent.path
        program = try BuiltProgram.path("agent")
        port = try SecureShellServer.freePort()
        log = "\(home)/daemon-\(port).log"
        let file = try Descriptor(log, .append(permissions: 0o600))
        var variables = [
            "AGENT_HOME": home, "LOG_FORMAT": "json", "PATH": "/usr/bin:/bin", "AGENT_PORT": "\(port)",
        ]
        variables.merge(environment) { _, own in own }
        var invocation = Invocation(Program(path: program), words, environment: variables, directory: "/")
        invocation.output = .descriptor(file.raw)
        invocation.errors = .merged
        process = try Process.start(invocation)
        withExtendedLifetime(file) {}
    }

    deinit { process.terminate(grace: .seconds(20)) }

    /// What it has logged so far.
    var logged: String {
        get throws { String(decoding: try Files.read(log), as: UTF8.self) }
    }

    /// Looks until the log has so many lines that hold all texts. The limit is for a daemon that is broken, not for a
    /// machine that is slow.
    func waitForLog(_ texts: String..., count: Int = 1) async throws {
        try await wait("the log has \(texts)") {
            try logged.split(separator: "\n").count { line in texts.allSatisfy { line.contains($0) } } >= count
        }
    }

    /// Looks until something is so.
    func wait(_ what: String, until isSo: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try !isSo() {
            guard ContinuousClock.now < end else {
                throw Ran.Failed(description: "not seen: \(what)\n\(try logged)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func started() async throws { try await waitForLog("daemon started") }

    func send(_ signal: Process.Signal) { process.send(signal) }

    /// `SIGHUP`
    func hangUp() throws { try Ran.program("kill", ["-HUP", "\(process.id)"]).required() }

    func end() throws -> Exit.Status {
        send(.terminate)
        return try process.wait().status
    }

    /// Waits for an end that comes by itself.
    func exit() throws -> Exit.Status { try process.wait().status }

    /// Asks the web API; the last line is the status.
    func ask(_ path: String, _ words: String...) throws -> Ran {
        try Ran.program(
            "curl",
            ["-s", "--noproxy", "*", "--max-time", "60", "-w", "\n%{http_code}"] + words
                + ["http://127.0.0.1:\(port)\(path)"])
    }

    /// Asks for a gathering as soon as none is under way; whether it then ends at once is not looked at.
    func scrape() async throws {
        try await wait("it takes the wish") {
            try !ask("/scrape", "-X", "POST").output.contains("Another scrape process is already running")
        }
    }

    /// The value of a member of the first line of the log that holds a text.
    func logged(_ member: String, of text: String) throws -> String? {
        guard let line = try logged.split(separator: "\n").first(where: { $0.contains(text) }),
            let start = line.firstRange(of: "\"\(member)\":\"")?.upperBound
        else { return nil }
        return String(line[start...].prefix { $0 != "\"" })
    }

    /// What `agent status --json` tells.
    struct Report: Decodable {
        struct Daemon: Decodable {
            struct Plan: Decodable {
                let setting: String
                let period: String
            }
            let plans: [Plan]
            let waiting: String
            let problem: Problem?
        }
        struct Problem: Decodable {
            let text: String
            let advice: String?
        }
        struct Project: Decodable {
            struct Run: Decodable {
                let outcome: String
                let cause: String
                let problem: String?
                let advice: String?
                let rows: Int
            }
            let project: String
            let wanted: String?
            let last: Run?
        }
        struct Refusal: Decodable {
            let project: String?
            let text: String
            let count: Int
        }
        struct Outbox: Decodable {
            let bundles: Int
            let problem: String?
        }
        let daemon: Daemon?
        let projects: [Project]
        let outbox: Outbox?
        let refusals: [Refusal]
        let problem: Problem?
    }
}

extension AgentHome {
    func report() throws -> RunningDaemon.Report {
        let ran = try run("status", "--json")
        return try JSONDecoder().decode(RunningDaemon.Report.self, from: Data(ran.output.utf8))
    }
}
