package import Cryptography
internal import Files
package import Tables

/// A file on the disk that goes into a bundle.
package struct BundleFile: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        /// A table says how many rows it has, and whether its personal data has been replaced: only then it is sealed.
        case table(rows: Int, isPseudonymised: Bool)
        case tracker
        case log
    }

    /// The name in the bundle.
    package let name: String
    package let path: String
    package let content: Content
    /// Bytes.
    package let size: Int
    package let sha256: SHA256Digest

    package init(_ name: String, path: String, _ content: Content, size: Int, sha256: SHA256Digest) {
        self.name = name
        self.path = path
        self.content = content
        self.size = size
        self.sha256 = sha256
    }

    /// The file of a finished table, under its usual name.
    package init(_ table: Table) {
        self.init(
            table.schema.fileName, path: table.path,
            .table(rows: table.rows, isPseudonymised: table.isPseudonymised), size: table.size, sha256: table.digest)
    }

    /// Takes size and digest from the file as it is now.
    /// - Throws: `BundleError` `file`.
    package init(_ name: String, path: String, _ content: Content) throws(BundleError) {
        do {
            let file = try Descriptor(path, .readRegular)
            var hasher = SHA256Hasher()
            var size = 0
            while true {
                let bytes = try file.read(upTo: 256 << 10)
                if bytes.isEmpty { break }
                hasher.update(bytes)
                size += bytes.count
            }
            self.init(name, path: path, content, size: size, sha256: hasher.finish())
        } catch {
            throw .file(error, "file \(name)")
        }
    }

    /// Its line in the manifest.
    /// - Throws: `BundleError` `notPseudonymised`.
    func listed() throws(BundleError) -> Manifest.File {
        switch content {
        case .table(let rows, isPseudonymised: true):
            return Manifest.File(name: name, kind: .table, size: size, sha256: sha256, rows: rows)
        case .table(_, isPseudonymised: false):
            throw BundleError(
                .notPseudonymised, "table \(name)",
                "expected pseudonyms in place of personal data, found the data itself")
        case .tracker: return Manifest.File(name: name, kind: .tracker, size: size, sha256: sha256, rows: nil)
        case .log: return Manifest.File(name: name, kind: .log, size: size, sha256: sha256, rows: nil)
        }
    }
}
