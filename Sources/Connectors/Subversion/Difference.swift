/// What a revision changed.
struct Difference: Equatable {
    var files: [ChangedFile] = []
    /// Bytes of all inserted, deleted and unchanged lines that the difference shows, line ends not counted.
    var size = 0
    /// Whether it passes over the content of deleted files, as that of `svn log` does.
    var omitsDeletedContent = false

    var insertions: Int { files.reduce(0) { $0 + $1.insertions } }
    var deletions: Int { files.reduce(0) { $0 + $1.deletions } }
}

/// One file that a revision changed.
struct ChangedFile: Equatable {
    enum Kind: String {
        case added = "A"
        case deleted = "D"
        case modified = "M"
    }

    /// The path below what is gathered.
    let path: [UInt8]
    /// Content that is not shown, such as binary content, counts as modified whatever became of it.
    var kind = Kind.modified
    /// Lines.
    var insertions = 0
    var deletions = 0
}
