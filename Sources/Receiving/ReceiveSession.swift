internal import Confinement
internal import ControllerAPI

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

    /// Becomes OpenSSH's `sftp-server`, confined to the agent's own directory.
    ///
    /// To be called where nothing else of the program runs yet. It returns by throwing only, and then nothing was
    /// served; the message is fit for the agent's eyes.
    ///
    /// - Parameters:
    ///   - state: the controller's state directory.
    ///   - agent: whose key it was.
    ///   - originalCommand: `SSH_ORIGINAL_COMMAND`.
    /// - Throws: `ReceivingError`; `confinement` where the kernel cannot confine it: it never runs unconfined.
    package static func run(state: String, agent: String, originalCommand: String?) throws(ReceivingError) -> Never {
        let key: AgentKey
        do throws(WireError) { key = try AgentKey(agent) } catch {
            throw ReceivingError(.setting, error.subject, expected: error.expected, found: error.found)
        }
        let request = try ReceiveRequest(originalCommand: originalCommand)
        let state = try ReceivingState(state)
        try state.makeDirectories(of: key)
        switch request {
        case .sftp: try serveSFTP(below: state.incoming(key))
        }
    }

    private static func serveSFTP(below directory: String) throws(ReceivingError) -> Never {
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
                    requests.joined(separator: ","),
                ],
                environment: [:], directory: directory)
        } catch { throw ReceivingError(error) }
    }
}
