package import Files

/// The answers of web servers that sources keep while a gathering is under way, so that one that is killed need not ask
/// for them again. They hold personal values in the clear, as copies of repositories do, and go when the data is safe.
package enum UnfinishedAnswers {
    /// The name of each source's directory for them.
    package static let name = "unfinished"

    /// Where the directories of the sources are.
    package static func directory(in storage: String) -> String { "\(storage)/.answers" }

    /// Call it when the gathering is known to be complete.
    package static func remove(in storage: String) throws(FileError) {
        let directory = directory(in: storage)
        guard try Files.status(directory) != nil else { return }
        for source in try Files.list(directory) { try Files.removeTree("\(directory)/\(source)/\(name)") }
    }
}
