import Files
import Glibc

/// Files that hold a private key.
enum PrivateFile {
    /// The file's content in an array that nothing else holds, so that it can be wiped.
    ///
    /// - Throws: `CryptographyError`: `.file`, `.exposed` when group or others may read it.
    static func read(_ path: String, subject: String) throws(CryptographyError) -> [UInt8] {
        let status: Files.Status
        let content: [UInt8]
        do throws(FileError) {
            let file = try Descriptor(path, .read)
            status = try file.inspect()
            // One read gets the whole of a regular file this small; reading in pieces would leave copies behind.
            content = try file.read(upTo: 64 << 10)
            guard content.count == status.size else { throw FileError(.read, path, code: EFBIG) }
        } catch {
            throw .file(error, subject)
        }
        guard status.permissions & 0o077 == 0 else {
            throw CryptographyError(
                .exposed, subject, expected: "a file for its owner only (0600)",
                found: "permissions 0\(String(status.permissions, radix: 8))", advice: "chmod 600 \(path)")
        }
        return content
    }
}
