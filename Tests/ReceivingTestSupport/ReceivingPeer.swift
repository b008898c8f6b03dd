package import ControllerAPI
package import Cryptography
import Files
import Glibc
package import Logging
package import Receiving
import Synchronization
package import TestSupport

/// The receiving side as the controller has it: the real `sshd` on a free port of the loopback address, with a small
/// program in the place of the controller's.
package struct ReceivingPeer: Sendable {
    package let directory: TemporaryDirectory
    package let state: ReceivingState
    package let hostKey: PublicKey
    package let port: Int
    package let user: String
    /// The private keys of the agents, as files.
    package let keys: [AgentKey: SecureShellKey]
    package let log: ServerLog
    private let logger: Logger

    /// Makes everything but the running server.
    ///
    /// - Parameters:
    ///   - name: of the state directory.
    ///   - agents: who is let in, each with a new key.
    ///   - kind: of their keys, as `ssh-keygen -t` takes it.
    package init(_ agents: [AgentKey], state name: String = "state", keys kind: String = "ed25519") throws {
        directory = try TemporaryDirectory()
        state = try ReceivingState("\(directory.path)/\(name)")
        hostKey = try state.prepare()
        var keys: [AgentKey: SecureShellKey] = [:]
        for agent in agents { keys[agent] = try SecureShellKey(in: directory, kind: kind) }
        self.keys = keys
        port = Int(try SecureShellServer.freePort())
        user = try Peer.run("id", ["-un"]).split(separator: "\n").joined()
        log = ServerLog()
        logger = Logger([log])
        try authorize(agents)
        try Files.write(
            "[127.0.0.1]:\(port) \(hostKey.openSSH())\n".utf8, to: "\(directory.path)/known_hosts")
        for name in ["local", "local2"] {
            try Files.write("content of \(name)\n".utf8, to: "\(directory.path)/\(name)")
        }
        try Files.makeDirectory("\(directory.path)/work")
    }

    package func authorize(_ agents: [AgentKey], _ terms: ReceiveSession.Terms = .init()) throws {
        var logins: [AgentKey: Login] = [:]
        for agent in agents {
            logins[agent] = try keys[agent].map { Login([try LoginKey(openSSH: $0.publicKey)], terms) }
        }
        try state.authorize(logins, controller: BuiltProgram.path("ReceiveProbe"))
    }

    /// Runs the server while `body` works with it, and returns when it has ended with all its sessions.
    package func serve(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let server = ReceivingServer(.init(address: "127.0.0.1", port: port), state: state, logger: logger)
        let (listening, continuation) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run { continuation.yield() }
            }
            group.addTask {
                for await _ in listening { return try await body() }
            }
            // Whichever ends first: the server only does so by an error.
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Runs the `sftp` client with a batch of its commands. It ends with the first that fails, unless a `-` is before it.
    package func sftp(_ agent: AgentKey, _ batch: String...) throws -> Shell.Result { try sftp(agent, batch) }

    package func sftp(_ agent: AgentKey, _ batch: [String]) throws -> Shell.Result {
        let file = "\(directory.path)/work/batch-\(UInt32.random(in: 0...UInt32.max))"
        try Files.write((batch.joined(separator: "\n") + "\n").utf8, to: file)
        return Shell.run(
            "cd \"$1\" && shift && exec sftp \"$@\"",
            ["\(directory.path)/work"] + (try options(agent, portOption: "-P")) + ["-b", file, "\(user)@127.0.0.1"])
    }

    /// Runs the `scp` client with the older protocol, or the one it prefers.
    package func scp(_ agent: AgentKey, _ words: [String], isOlder: Bool = true) throws -> Shell.Result {
        Shell.run(
            "cd \"$1\" && shift && exec scp \"$@\"",
            ["\(directory.path)/work"] + (isOlder ? ["-O"] : []) + (try options(agent, portOption: "-P")) + words)
    }

    /// As the `scp` client names a path at the server.
    package func remote(_ path: String) -> String { "\(user)@127.0.0.1:\(path)" }

    /// Runs the `ssh` client: options, then the destination, then a command.
    package func ssh(_ agent: AgentKey, _ options: [String] = [], _ command: [String] = []) throws -> Shell.Result {
        Shell.run(
            "exec ssh \"$@\" </dev/null",
            try self.options(agent, portOption: "-p") + options + ["\(user)@127.0.0.1"] + command)
    }

    /// What every client of OpenSSH is told: only this key, this host key, nobody's own configuration.
    package func options(_ agent: AgentKey, portOption: String) throws -> [String] {
        guard let key = keys[agent] else { throw Peer.Failure(description: "no key of \(agent)") }
        return [
            "-F", "none", portOption, "\(port)", "-i", key.path, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", "UserKnownHostsFile=\(directory.path)/known_hosts", "-o", "GlobalKnownHostsFile=none",
            "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20",
        ]
    }
}

/// What the server said, kept for the tests to look at.
package final class ServerLog: LogSink {
    package let level = LogLevel.debug
    private let records = Mutex<[LogRecord]>([])

    package func write(_ record: LogRecord) { records.withLock { $0.append(record) } }

    package var messages: [String] { records.withLock { $0.map(\.message) } }

    package var lines: [String] {
        records.withLock { records in
            records.compactMap { if case .text(let line)? = $0.fields["ssh.line"] { line } else { nil } }
        }
    }
}
