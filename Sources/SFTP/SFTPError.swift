/// Why a transfer over SSH failed.
package struct SFTPError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case cannotResolve
        case cannotConnect
        /// The agent's owner does not want a connection to any of its addresses.
        case notPermitted
        /// No connection, or no answer to one operation, within its time-out.
        case timedOut
        /// What answers is no SSH server, or shares no method with this client.
        case handshakeFailed
        /// The server shows another key than those that were pinned.
        case hostKeyChanged
        /// A pinned host key cannot be read.
        case badHostKey
        /// The private key file cannot be read or used.
        case badPrivateKey
        case authenticationRefused
        /// The server accepts the login, but offers no SFTP to it.
        case noSFTP
        case permissionDenied
        case noSuchFile
        /// The server's disk is full or the account's quota used up.
        case diskFull
        /// The server says no without a reason that the protocol has a number for.
        case refused
        case unsupported
        case connectionLost
        /// The local file cannot be read or written.
        case localFile
        /// The task was cancelled; the connection is gone.
        case cancelled
        /// The peer broke the protocol, or libssh2 has no memory left.
        case unusable
    }

    package let code: Code
    /// Host and port, or the path at the server.
    package let subject: String
    /// What was found, in the words of this program or of libssh2.
    package let cause: String

    init(_ code: Code, _ subject: String, _ cause: String) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// Whether the same attempt would fail again without somebody's doing.
    package var isPermanent: Bool {
        switch code {
        case .cannotResolve, .cannotConnect, .timedOut, .handshakeFailed, .connectionLost, .diskFull, .refused,
            .unusable:
            // "Refused" is also what a server says whose quota is used up.
            false
        case .hostKeyChanged, .badHostKey, .badPrivateKey, .authenticationRefused, .noSFTP, .permissionDenied,
            .noSuchFile, .unsupported, .localFile, .cancelled, .notPermitted:
            true
        }
    }

    package var description: String {
        switch code {
        case .cannotResolve: "cannot find the host of \(subject): \(cause)"
        case .cannotConnect: "cannot connect to \(subject): \(cause)"
        case .notPermitted: "the policy lets nobody connect to \(subject): \(cause)"
        case .timedOut: "no answer from \(subject) in time: \(cause)"
        case .handshakeFailed: "cannot agree on SSH with \(subject): \(cause)"
        case .hostKeyChanged: "the SSH host key of \(subject) is not the one it should have: \(cause)"
        case .badHostKey: "cannot read the pinned host key of \(subject): \(cause)"
        case .badPrivateKey: "cannot use the private key for \(subject): \(cause)"
        case .authenticationRefused: "\(subject) refuses the login: \(cause)"
        case .noSFTP: "\(subject) offers no file transfer: \(cause)"
        case .permissionDenied: "the server does not permit access to \(subject): \(cause)"
        case .noSuchFile: "the server has no \(subject): \(cause)"
        case .diskFull: "the server cannot store \(subject): \(cause)"
        case .refused: "the server refuses the operation on \(subject): \(cause)"
        case .unsupported: "the server does not know the operation on \(subject): \(cause)"
        case .connectionLost: "the connection broke at \(subject): \(cause)"
        case .localFile: "cannot use the local file \(subject): \(cause)"
        case .cancelled: "the transfer at \(subject) was cancelled: \(cause)"
        case .unusable: "SSH failed at \(subject): \(cause)"
        }
    }

    /// What an operator may do about it.
    package var advice: String? {
        switch code {
        case .cannotResolve: "Check the host name, and that this machine's name service knows it."
        case .cannotConnect: "Check the port, that the server's sshd runs, and that no firewall is between."
        case .notPermitted: "Have whoever owns the agent's policy.json allow it there, in networks."
        case .hostKeyChanged:
            "If the key was changed on purpose, register again to receive the new one; otherwise treat it as an attack."
        case .authenticationRefused:
            "Check that this key is registered with the server and the user name is right."
        case .handshakeFailed: "Check that the port belongs to an SSH server of OpenSSH 6.7 or later."
        case .diskFull: "Have the server's operator make room; the transfer goes on where it stopped."
        case .badPrivateKey: "Make a key with: ssh-keygen -t ed25519 -N ''"
        default: nil
        }
    }
}
