/// A local file and the name it gets at the server.
package struct LegacyFile: Sendable, Hashable {
    package let path: String
    package let name: String

    package init(path: String, name: String) {
        self.path = path
        self.name = name
    }
}

/// For controllers that offer no SFTP, but the `scp` of before OpenSSH 9. Nothing continues here, and nothing is renamed.
extension SFTPConnection {
    /// Copies files into a directory, in one go.
    ///
    /// - Parameter directory: A path of letters, digits and `._-`, which may begin with `~/`.
    package func copy(_ files: [LegacyFile], to directory: String) async throws(SFTPError) {
        try await perform { (session) throws(SFTPError) in try session.copy(files, to: directory) }
    }

    /// Copies those files of a directory that there are, in one go.
    ///
    /// - Parameters:
    ///   - limit: Bytes that one file may have; it is held in memory.
    ///   - local: The directory here; files of the same names are replaced.
    /// - Returns: the names of those files.
    package func copy(
        _ names: [String], from directory: String, into local: String, limit: Int = 1 << 20
    ) async throws(SFTPError) -> [String] {
        guard !names.isEmpty else { return [] }
        return try await perform { (session) throws(SFTPError) in
            try session.copy(names, from: directory, into: local, limit: limit)
        }
    }
}
