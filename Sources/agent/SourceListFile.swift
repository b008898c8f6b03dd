import Files

/// A project's `data_sources.json`.
enum SourceListFile {
    /// The content; `nil` where there is no file.
    static func read(_ path: String) throws(FileError) -> [UInt8]? {
        guard try Files.status(path) != nil else { return nil }
        return try Files.read(path)
    }
}
