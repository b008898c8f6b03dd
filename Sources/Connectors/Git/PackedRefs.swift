import Files

/// The refs of the local copy, all in its `packed-refs`: Git's own form for refs that rest. We write it as a whole, so
/// that tens of thousands of tags are one file, a long name is no file's name, `a` may become `a/b`, and whoever kills
/// us leaves either the old refs or the new ones.
struct PackedRefs {
    private let directory: String
    private var path: String { "\(directory)/packed-refs" }

    /// Bytes of refs, which is four million of them.
    private static let limit = 512 << 20

    /// - Parameter directory: of the bare repository.
    init(of directory: String) { self.directory = directory }

    /// The branches and tags by full name; none where there is no file.
    func read() throws(FileError) -> [[UInt8]: ObjectID] {
        guard try Files.status(path) != nil else { return [:] }
        var refs: [[UInt8]: ObjectID] = [:]
        for line in try Files.read(path, limit: Self.limit).split(separator: UInt8(ascii: "\n")) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")), let id = ObjectID(line[..<space]) else {
                continue
            }
            let name = Array(line[(space + 1)...])
            if RefName.isBranchOrTag(name) { refs[name] = id }
        }
        return refs
    }

    /// Replaces all refs.
    /// - Parameter head: a commit that no branch need lead to; `nil` for none.
    func replace(with refs: [[UInt8]: ObjectID], head: ObjectID?) throws(FileError) {
        // Otherwise every `git` would sort them.
        var content = Array("# pack-refs with: sorted \n".utf8)
        func append(_ name: some Sequence<UInt8>, _ id: ObjectID) {
            id.append(to: &content)
            content.append(UInt8(ascii: " "))
            content += name
            content.append(UInt8(ascii: "\n"))
        }
        if let head { append("refs/gathering/head".utf8, head) }
        for (name, id) in refs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) { append(name, id) }
        try Files.write(content, to: path)
        // A ref in a file of its own would count before these.
        for kind in ["heads", "tags"] { try Files.removeTree("\(directory)/refs/\(kind)") }
    }
}
