/// Reads what `git log` writes with the arguments of this type: fields that end with NUL, for each commit its own
/// ones, then raw changes, then the counts of each change.
struct LogParser {
    /// How much `git log` tells of a commit.
    enum Detail {
        case messages
        /// What changed, without counting lines: nearly for nothing.
        case changes
        /// What changed and by how many lines.
        case counts
    }

    /// What makes `git log` write the form that this parser reads. Commits come on standard input, in their order.
    static func arguments(_ detail: Detail) -> [String] {
        [
            "log", "--no-walk=unsorted", "--stdin", "-z", "--encoding=UTF-8", "--no-color", "--no-decorate",
            "--no-mailmap", "--no-notes", "--no-show-signature",
            "--format=tformat:\(marker)%H%x00%P%x00%at%x00%ct%x00%an%x00%ae%x00%B%x00",
        ]
            + (detail == .messages
                ? ["-s"]
                : (detail == .counts ? ["--numstat"] : []) + [
                    "--raw", "--no-abbrev", "--diff-merges=first-parent", "-M", "--root", "--no-ext-diff",
                    "--no-textconv", "--ignore-submodules=none", "--submodule=short", "--src-prefix=a/",
                    "--dst-prefix=b/",
                ])
    }

    /// No other field begins so.
    private static let marker = "commit "

    private var reader: NULReader
    private var upcoming: [UInt8]?

    init(_ reader: NULReader) { self.reader = reader }

    /// The next commit, or `nil` at the end.
    ///
    /// A commit counts as read only when another follows or the output ended well, which the caller checks.
    mutating func next() throws -> Commit? {
        guard let start = try upcoming ?? reader.next() else { return nil }
        upcoming = nil
        guard start.starts(with: Self.marker.utf8) else { throw Self.unexpected }
        let parents = try field()
        let authorTime = Self.number(try field())
        let commitTime = Self.number(try field())
        let author = try text()
        let email = try text()
        let message = try text()
        guard try field().isEmpty else { throw Self.unexpected }
        var commit = Commit(
            id: String(decoding: start.dropFirst(Self.marker.utf8.count), as: UTF8.self),
            parentCount: parents.isEmpty ? 0 : parents.count { $0 == UInt8(ascii: " ") } + 1,
            authorTime: authorTime ?? 0, commitTime: commitTime ?? 0, author: author, email: email, message: message)
        try readChanges(of: &commit)
        return commit
    }

    private mutating func readChanges(of commit: inout Commit) throws {
        var counted = 0
        while var field = try reader.next() {
            if field.first == UInt8(ascii: "\n") { field.removeFirst() }
            if field.first == UInt8(ascii: ":") {
                commit.changes.append(try change(field))
            } else if field.starts(with: Self.marker.utf8) {
                upcoming = field
                return
            } else {
                try count(field, &commit.changes, &counted)
            }
        }
    }

    /// `:100644 100755 <old id> <new id> M`, then the path, for a rename the old and the new one.
    private mutating func change(_ field: [UInt8]) throws -> Change {
        let parts = field.split(separator: UInt8(ascii: " "))
        guard parts.count == 5, let old = ObjectID(parts[2]), let new = ObjectID(parts[3]), let kind = parts[4].first
        else {
            throw Self.unexpected
        }
        var path = try self.field()
        if kind == UInt8(ascii: "R") || kind == UInt8(ascii: "C") { path = try self.field() }
        return Change(kind: Character(UnicodeScalar(kind)), oldObject: old, newObject: new, path: path)
    }

    /// `3<tab>1<tab>path`, for a rename an empty path, then the old and the new one; `-` counts binary content.
    private mutating func count(_ field: [UInt8], _ changes: inout [Change], _ counted: inout Int) throws {
        let parts = field.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Self.unexpected }
        var path = Array(parts[2])
        if path.isEmpty {
            _ = try self.field()
            path = try self.field()
        }
        // Both lists have the same order; a change may be missing in the second one.
        guard let place = changes[min(counted, changes.count)...].firstIndex(where: { $0.path == path }) else {
            throw Self.unexpected
        }
        changes[place].insertions = Self.number(Array(parts[0])) ?? 0
        changes[place].deletions = Self.number(Array(parts[1])) ?? 0
        counted = place + 1
    }

    private mutating func field() throws -> [UInt8] {
        guard let field = try reader.next() else { throw Self.unexpected }
        return field
    }

    private mutating func text() throws -> String { String(decoding: try field(), as: UTF8.self) }

    /// Twelve digits are more than any time or count has, and few enough to be added up.
    private static func number(_ digits: [UInt8]) -> Int? {
        digits.count <= 12 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    private static var unexpected: GitError { GitError(.unexpectedOutput, subject: "log") }
}
