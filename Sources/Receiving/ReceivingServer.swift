internal import Blocking
internal import Confinement
internal import Files
package import Logging
internal import Processes

/// OpenSSH's `sshd` as a child of the controller: started, watched, started again when it ends, and stopped with all
/// of its sessions. It works in an ordinary account as well as for root.
package final class ReceivingServer: Sendable {
    package struct Settings: Sendable {
        /// An address of this machine; `nil` is all of them.
        package var address: String?
        package var port: Int
        /// An absolute path, which the server needs to start itself again for each connection.
        package var program = "/usr/sbin/sshd"

        package init(address: String? = nil, port: Int) {
            self.address = address
            self.port = port
        }
    }

    private let settings: Settings
    private let state: ReceivingState
    private let logger: Logger

    /// - Parameter state: prepared before, see `ReceivingState.prepare`.
    package init(_ settings: Settings, state: ReceivingState, logger: Logger) {
        self.settings = settings
        self.state = state
        self.logger = logger
    }

    /// Serves until the task is cancelled, and returns when the server and its sessions have ended. What an agent
    /// was sending stays, and the agent resumes.
    ///
    /// - Parameter onListening: called once, as soon as agents can connect.
    /// - Throws: `ReceivingError` when the server cannot begin. Later ends of it are logged and mended.
    package func run(onListening: @escaping @Sendable () -> Void = {}) async throws {
        try await prepare()
        var delay = Delay()
        var hasListened = false
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let round: Round
            do {
                round = try await serve { [hasListened] in if !hasListened { onListening() } }
            } catch is CancellationError {
                break
            }
            // It was told to end, and by its own account in good order.
            guard !Task.isCancelled else { break }
            hasListened = hasListened || round.didListen
            guard hasListened else {
                throw ReceivingError(
                    .notListening, "SSH server", expected: "it to listen on port \(settings.port)", found: "its end",
                    cause: .server(round.lastLine),
                    advice: "Check that the port is free and more than 1023, or be root.")
            }
            let pause = delay.next(after: ContinuousClock.now - start)
            logger.error("the SSH server ended and is started again", ["ssh.pause.seconds": .seconds(pause)])
            do { try await Task.sleep(for: pause) } catch { break }
        }
    }

    /// How one life of the server went.
    private struct Round {
        var didListen = false
        var lastLine = ""
    }

    /// Writes the configuration and sees that the server can work with it.
    private func prepare() async throws {
        do throws(ConfinementError) { _ = try Confinement.version() } catch { throw ReceivingError(error) }
        guard let account = Account.current else {
            throw ReceivingError(
                .account, "account of this process", expected: "a name in /etc/passwd", found: "none",
                advice: "Start the controller with a user that exists, or add it to /etc/passwd.")
        }
        // The server has the account's shell run the command that is forced on each login.
        guard !["nologin", "false"].contains(where: { account.shell.hasSuffix("/\($0)") }) else {
            throw ReceivingError(
                .account, "shell of account \(account.name)", expected: "one that runs commands", found: account.shell,
                advice: "usermod --shell /bin/sh \(account.name)")
        }
        for program in [settings.program, ReceiveRequest.sftpServer] {
            guard try Files.status(program) != nil else {
                throw ReceivingError(
                    .missingProgram, program, expected: "OpenSSH's server", found: "nothing",
                    advice: "apt-get install openssh-server")
            }
        }
        let configuration = try ServerConfiguration.text(settings, state: state, account: account)
        try Files.write(configuration.utf8, to: state.configurationPath, permissions: 0o600)
        // Its directory without rights for the separated process; Debian's start script makes it.
        if account.isRoot { try Files.makeDirectory("/run/sshd", permissions: 0o755) }
        let invocation = invocation(["-t"])
        let endLeftover = logger
        try await blocking { [configurationPath = state.configurationPath] _ in
            let check = try Process.run(invocation, within: .seconds(30))
            guard check.exit.isSuccess else {
                throw ReceivingError(
                    .notListening, "configuration of the SSH server", expected: "one that it accepts",
                    found: "an error",
                    cause: .server(String(check.text.split(whereSeparator: \.isNewline).last ?? "")))
            }
            // A controller that was killed leaves its server behind, on our port. The state directory is ours alone.
            for leftover in ProcessTree.processes(withCommandContaining: " -f \(configurationPath) -D ") {
                endLeftover.warning("ending the SSH server of a controller that was killed")
                ProcessTree.kill(leftover)
            }
        }
    }

    /// One life of the server.
    /// - Throws: `CancellationError` when the task was cancelled; all has ended then. `ReceivingError`.
    private func serve(onListening: @escaping @Sendable () -> Void) async throws -> Round {
        let invocation = invocation(["-D", "-e"])
        return try await blocking { [logger] cancellation in
            let process: Process
            do throws(ProcessError) { process = try Process.start(invocation) } catch { throw ReceivingError(error) }
            return try cancellation.onCancel(process.killTree) {
                var round = Round()
                var lines = LineSplitter()
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = try process.read(into: &buffer), count > 0 {
                    for line in lines.add(buffer[..<count]) {
                        round.lastLine = line
                        let isFault = line.hasPrefix("error: ") || line.hasPrefix("fatal: ")
                        logger.log(isFault ? .warning : .info, "the SSH server says", ["ssh.line": .text(line)])
                        if line.hasPrefix("Server listening on "), !round.didListen {
                            round.didListen = true
                            onListening()
                        }
                    }
                }
                _ = try process.wait()
                return round
            }
        }
    }

    private func invocation(_ options: [String]) -> Invocation {
        // The server writes its title where its arguments and environment were, and cuts it there: the path, by which
        // a later controller finds it, comes first, and the variable makes room.
        var invocation = Invocation(
            Program(path: settings.program), ["-f", state.configurationPath] + options, environment: ["LC_ALL": "C"],
            directory: "/")
        invocation.errors = .merged
        invocation.outputEnd = .exited
        invocation.timeLimits.silence = nil
        return invocation
    }
}

/// How long to wait before the server is started again: longer each time, from the start after a good minute.
struct Delay {
    private var current = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    /// - Parameter life: how long the server ran.
    mutating func next(after life: Duration) -> Duration {
        if life > .seconds(60) { current = .seconds(1) }
        defer { current = min(current * 2, Delay.longest) }
        return current
    }
}
