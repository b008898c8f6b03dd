internal import Confinement
internal import ControllerAPI
internal import Files
import Glibc

/// What runs for an agent that logged in: the command `controller receive`, forced by `authorized_keys`.
package enum ReceiveSession {
    /// A part of a bundle has 8 MiB and what the seal adds; the rest is room for other senders of the protocol.
    package static let fileSizeLimit = 64 << 20
    /// Handles an agent may hold open at once, and what the program needs for itself.
    private static let openFileLimit = 64

    /// What an agent may ask of the file transfer program. The kernel fences in what is opened, made, renamed and
    /// removed; left out here is what needs no such permission (changing mode, owner, times and size of whatever the
    /// account owns, the controller's database included), and what no upload needs: reading files, making links.
    /// Status and listing stay, for resuming; so an agent can learn whether a path it knows exists.
    private static let requests = [
        "open", "close", "write", "lstat", "fstat", "stat", "opendir", "readdir", "remove", "mkdir", "rmdir",
        "realpath", "rename", "posix-rename", "statvfs", "fstatvfs", "fsync", "limits",
    ]

    /// What an agent of the older system may ask besides, whose newer `scp` fetches update trackers over SFTP. It could
    /// read `/etc/passwd` with it, which is in the fence for the program's own sake: the names of the machine's accounts.
    private static let olderRequests = ["read"]

    /// What the session may do beyond the usual.
    package struct Terms: Sendable {
        /// Bytes that may lie in the agent's directory when a session begins; also what one session of the older copy
        /// protocol may add.
        package var quota = defaultQuota
        /// Whether the agent is one of the older system.
        package var isLegacy = false

        /// Room for several days of a large project.
        package static let defaultQuota = 8 << 30

        package init() {}
    }

    /// Becomes OpenSSH's `sftp-server`, confined to the agent's own directory.
    ///
    /// To be called where nothing else of the program runs yet. It returns by throwing only, and then nothing was
    /// served; the message is fit for the agent's eyes.
    ///
    /// - Parameters:
    ///   - state: the controller's state directory.
    ///   - agent: whose key it was.
    ///   - originalCommand: `SSH_ORIGINAL_COMMAND`.
    ///   - terms: as they stand beside the agent's key.
    /// - Throws: `ReceivingError`; `confinement` where the kernel cannot confine it: it never runs unconfined.
    package static func run(
        state: String, agent: String, originalCommand: String?, terms: Terms = Terms()
    ) throws(ReceivingError) -> Never {
        let key: AgentKey
        do throws(WireError) { key = try AgentKey(agent) } catch {
            throw ReceivingError(.setting, error.subject, expected: error.expected, found: error.found)
        }
        let request = try ReceiveRequest(originalCommand: originalCommand)
        let state = try ReceivingState(state)
        // One that was shut out may still have a connection on which it asks for another session.
        guard try state.isAuthorized(key) else {
            throw ReceivingError(
                .request, "agent \(key)", expected: "one that is let in", found: "one that was shut out",
                advice: "Ask the controller's operator to enrol the agent again.")
        }
        try state.makeDirectories(of: key)
        let directory = state.incoming(key)
        let used = try state.usage(of: key)
        guard used < terms.quota else {
            throw ReceivingError(
                .quota, "directory of agent \(key)", expected: "less than \(terms.quota) bytes in it",
                found: "\(used)",
                advice: "Have the controller's operator import or remove what waits, or raise AGENT_QUOTA.")
        }
        switch request {
        case .sftp: try serveSFTP(below: directory, isLegacy: terms.isLegacy)
        case .copy(let request): try serveCopy(request, below: directory, budget: terms.quota - used)
        }
    }

    /// The thread that serves is confined; no other thread of the process does anything for the client.
    private static func serveCopy(
        _ request: CopyRequest, below directory: String, budget: Int
    ) throws(ReceivingError) -> Never {
        let confinement = Confinement(
            readWrite: ["\(directory)/export"], readExecute: [], read: [directory],
            fileSizeLimit: budget, openFileLimit: openFileLimit)
        do throws(ConfinementError) { try confinement.confineThread() } catch { throw ReceivingError(error) }
        var session = CopySession(below: directory, budget: budget)
        exit(session.serve(request) ? 0 : 1)
    }

    private static func serveSFTP(below directory: String, isLegacy: Bool) throws(ReceivingError) -> Never {
        do throws(ConfinementError) {
            let system = try SystemLibrary.ofThisProcess()
            let confinement = Confinement(
                // The program opens /dev/null before anything else.
                readWrite: ["\(directory)/export", "/dev/null"],
                readExecute: [ReceiveRequest.sftpServer, system.loader],
                // It looks its account up in /etc/passwd and ends without it. An agent can open that file, but no
                // request that would read from it is served.
                read: [directory, system.library, "/etc/passwd"],
                fileSizeLimit: fileSizeLimit, openFileLimit: openFileLimit)
            try confinement.execute(
                ReceiveRequest.sftpServer,
                [
                    "-d", SafePath.escapingTokens(directory), "-e", "-l", "ERROR", "-u", "077", "-p",
                    (isLegacy ? requests + olderRequests : requests).joined(separator: ","),
                ],
                environment: [:], directory: directory)
        } catch { throw ReceivingError(error) }
    }
}
