package import Cryptography
import Files
package import Timestamps

/// The key that an agent is known by, on SSH and on HTTPS alike.
package struct AgentIdentity: Sendable {
    package let key: SigningKey
    /// The private key's file, in the form that SSH programs read.
    package let path: String
    /// Whether the key was made just now.
    package let isNew: Bool
    /// When its file was written.
    package let made: Timestamp

    /// Loads the agent's key, or makes one where there is none.
    /// - Parameter home: the agent's directory; the key lies in `.ssh` below it.
    package init(home: String, comment: String) throws {
        let directory = "\(home)/.ssh"
        path = "\(directory)/id_ed25519"
        if let status = try Files.status(path) {
            key = try SigningKey.load(path)
            isNew = false
            made = Timestamp(seconds: status.modified)
        } else {
            try Files.makeDirectory(directory, permissions: 0o700)
            key = try SigningKey.generate()
            try key.save(path, comment: comment)
            isNew = true
            made = .now
        }
    }
}
