internal import Files

/// A directory that belongs to one call: empty when it begins, gone when it fails.
enum EmptyDirectory {
    /// Makes the directory, for the owner only, or sees that it is empty.
    /// - Throws: `BundleError` `directoryInUse` or `file`.
    static func prepare(_ path: String) throws(BundleError) {
        let names: [String]
        do throws(FileError) {
            try Files.makeDirectory(path, permissions: 0o700)
            names = try Files.list(path)
        } catch {
            throw .file(error, path)
        }
        guard names.isEmpty else {
            throw BundleError(.directoryInUse, path, "expected an empty directory, found \(names.count) entries")
        }
    }

    /// Removes the directory with what is in it.
    /// - Throws: `BundleError` `file` with both reasons where that fails.
    static func clear(_ path: String, after failure: any Error) throws(BundleError) {
        do {
            try Files.removeTree(path)
        } catch {
            throw BundleError(.file, path, "\(error), after \(failure)", cause: .file(error))
        }
    }
}
