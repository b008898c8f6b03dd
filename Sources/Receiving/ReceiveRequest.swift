/// What an agent may ask of the command that the SSH server runs for it.
enum ReceiveRequest: Equatable {
    /// Serve SFTP on the standard input and output.
    case sftp
    /// Serve the older copy protocol on the standard input and output.
    case copy(CopyRequest)

    /// Where OpenSSH's file transfer program is on Debian.
    static let sftpServer = "/usr/lib/openssh/sftp-server"

    /// - Parameter originalCommand: what the SSH server has in `SSH_ORIGINAL_COMMAND`: the configured name for the
    ///   subsystem `sftp`, otherwise the client's own words; `nil` for a shell. Those for SFTP are accepted as exact
    ///   texts only.
    /// - Throws: `ReceivingError` with the code `request`.
    init(originalCommand: String?) throws(ReceivingError) {
        switch originalCommand {
        case "internal-sftp", ReceiveRequest.sftpServer: self = .sftp
        case nil, "": throw ReceiveRequest.refusal("a shell")
        // The words are the client's, they are not repeated.
        case .some(let command):
            guard let request = CopyRequest(command) else { throw ReceiveRequest.refusal("another command") }
            self = .copy(request)
        }
    }

    private static func refusal(_ found: String) -> ReceivingError {
        ReceivingError(.request, "request", expected: "file transfer by SFTP or scp", found: found)
    }
}
