/// How much one bundle may hold. The writer keeps the limits, the reader enforces them.
package struct BundleLimits: Sendable {
    /// Bytes in one file.
    package let file: Int
    /// Bytes in all files.
    package let total: Int
    package let files: Int

    /// Room for the largest histories seen, some hundred times over.
    package init(file: Int = 8 << 30, total: Int = 32 << 30, files: Int = 1000) {
        self.file = file
        self.total = total
        self.files = files
    }

    /// Bytes of the archive in one part. OpenSSL opens an envelope whole, so this bounds the memory of either side.
    package static let partSize = 8 << 20
    /// Bytes that an envelope may have: the part and what the seal adds, which is less than 2 KiB.
    static let sealedPartSize = partSize + (64 << 10)
    /// What three digits number.
    static let parts = 999

    /// - Throws: `nameNotAllowed`, `tooLarge`, or `manifestMalformed` for a name that comes twice.
    func check(_ files: [(name: String, size: Int)]) throws(BundleError) {
        guard files.count <= self.files else {
            throw BundleError(.tooLarge, "bundle", "expected at most \(self.files) files, found \(files.count)")
        }
        var names: Set<String> = []
        var rest = total
        for (name, size) in files {
            guard Self.isAllowed(name) else {
                throw BundleError(
                    .nameNotAllowed, "bundle", "expected file names of letters, digits, `.`, `_` and `-`, found another"
                )
            }
            guard names.insert(name).inserted else {
                throw BundleError(.manifestMalformed, "file \(name)", "expected each name once, found it twice")
            }
            guard (0...file).contains(size) else {
                throw BundleError(.tooLarge, "file \(name)", "expected at most \(file) bytes, found \(size)")
            }
            rest -= size
            guard rest >= 0 else {
                throw BundleError(.tooLarge, "bundle", "expected at most \(total) bytes in all files, found more")
            }
        }
    }

    /// A plain file name that is neither hidden nor an option of a command nor the manifest's.
    static func isAllowed(_ name: String) -> Bool {
        guard (1...100).contains(name.utf8.count), name != Manifest.name else { return false }
        guard let first = name.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
        }
    }
}
