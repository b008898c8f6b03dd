/// One commit as `git log` tells it, with what it changed against its first parent.
struct Commit {
    let id: String
    let parentCount: Int
    /// Seconds since 1970.
    let authorTime: Int
    let commitTime: Int
    let author: String
    let email: String
    /// The whole message, as UTF-8 if it can be read at all, its last line end included.
    let message: String
    var changes: [Change] = []
    /// Bytes of the commit object.
    var size: Int?
}

/// One path that a commit changed; a rename is one change.
struct Change {
    /// `A`, `D`, `M`, `R` or `T`.
    let kind: Character
    let oldObject: ObjectID
    /// The new content; null when the path was deleted.
    let newObject: ObjectID
    /// The path after the change.
    let path: [UInt8]
    /// Lines; 0 for binary content.
    var insertions = 0
    var deletions = 0
    /// Bytes of the new content; `nil` when it is not in the repository or was not asked for.
    var size: Int?
    /// Lines of the old content; asked for renamed files only, which count as deleted and inserted where renames do
    /// not count.
    var oldLines: Int?
}
