/// The refs of a repository as `git ls-remote --symref` or `git for-each-ref` list them.
struct Advertisement {
    /// Branches and tags by full name; names are bytes, since Git does not say how they are encoded.
    private(set) var refs: [[UInt8]: ObjectID] = [:]
    /// The commit that gathering is about: that of HEAD; `nil` where there is no commit yet.
    private(set) var head: ObjectID?
    /// Whether HEAD stands at a commit rather than at a branch.
    private(set) var isDetached = false

    /// The branches tried when HEAD names one that does not exist, in this order; then the only one there is.
    private static let usualBranches = ["refs/heads/main", "refs/heads/master"]

    /// Reads lines of an id, a tab and a name.
    init(parsing output: [UInt8]) throws(GitError) {
        var isSymbolic = false
        for line in output.split(separator: UInt8(ascii: "\n")) {
            guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else {
                throw GitError(.unexpectedOutput, subject: "ls-remote")
            }
            let name = Array(line[(tab + 1)...])
            if line.starts(with: "ref: ".utf8) {
                isSymbolic = isSymbolic || name.elementsEqual("HEAD".utf8)
                continue
            }
            guard let id = ObjectID(line[..<tab]) else { throw GitError(.unexpectedOutput, subject: "ls-remote") }
            if name.elementsEqual("HEAD".utf8) {
                head = id
            } else if (name.starts(with: "refs/heads/".utf8) || name.starts(with: "refs/tags/".utf8))
                && !name.suffix(3).elementsEqual("^{}".utf8)
            {
                refs[name] = id
            }
        }
        isDetached = head != nil && !isSymbolic
        if head == nil {
            head = Self.usualBranches.lazy.compactMap { [refs] in refs[Array($0.utf8)] }.first
            if head == nil, branches.count == 1 { head = branches.first?.value }
        }
    }

    /// The branches by full name.
    var branches: [[UInt8]: ObjectID] { refs.filter { $0.key.starts(with: "refs/heads/".utf8) } }

    /// The tags by full name.
    var tags: [[UInt8]: ObjectID] { refs.filter { $0.key.starts(with: "refs/tags/".utf8) } }
}
