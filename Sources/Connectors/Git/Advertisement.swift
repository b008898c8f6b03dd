/// The refs of a repository as `git ls-remote --symref` lists them.
struct Advertisement {
    /// Branches and tags by full name; names are bytes, since Git does not say how they are encoded. Those that Git
    /// would refuse are left out.
    private(set) var refs: [[UInt8]: ObjectID] = [:]
    /// What annotated tags lead to.
    private var peeled: [[UInt8]: ObjectID] = [:]
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
            } else if name.suffix(3).elementsEqual("^{}".utf8) {
                peeled[Array(name.dropLast(3))] = id
            } else if RefName.isBranchOrTag(name) {
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
    var tags: [[UInt8]: ObjectID] { refs.filter { RefName.isTag($0.key) } }

    /// The object that a tag leads to, whatever it is; `nil` where there is no such tag.
    func target(ofTag name: String) -> ObjectID? {
        let full = Array("refs/tags/\(name)".utf8)
        return peeled[full] ?? refs[full]
    }

    /// A number that is another one as soon as a branch or tag comes, goes or moves.
    var digest: UInt64 { Self.digest(of: refs) }
    /// The same for tags alone.
    var tagDigest: UInt64 { Self.digest(of: tags) }

    static func digest(of refs: [[UInt8]: ObjectID]) -> UInt64 {
        // A sum, so that the order does not matter.
        refs.reduce(into: UInt64(refs.count)) { sum, ref in
            sum &+= FNV.hash(ref.key + [0] + ref.value.bytes)
        }
    }
}

/// FNV-1a, 64 bits: https://www.rfc-editor.org/rfc/rfc9923 (what it must do is differ, not resist).
enum FNV {
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
