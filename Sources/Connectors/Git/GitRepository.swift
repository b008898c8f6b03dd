import Blocking
import Files
import Processes

/// The bare local copy of one repository and what is done with it before its history is read.
///
/// Its refs are ours to write (`PackedRefs`); Git only ever adds objects to it.
struct GitRepository {
    private let git: GitProgram
    private let url: String
    private let cancellation: Cancellation
    private let packedRefs: PackedRefs

    /// Packs from which on they are put together; each fetch adds one.
    private static let packLimit = 50

    init(_ git: GitProgram, url: String, _ cancellation: Cancellation) {
        self.git = git
        self.url = url
        self.cancellation = cancellation
        packedRefs = PackedRefs(of: git.repository)
    }

    /// A directory for each URL: the last part of its path, and a number that keeps equal names apart.
    /// - Parameter commitsOnly: a copy without contents is another one than that with them.
    static func directoryName(for url: String, commitsOnly: Bool = false) -> String {
        let name = url.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? "repository"
        let plain = String(
            name.unicodeScalars.map {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "-"
            })
        let number = String(FNV.hash(url.utf8), radix: 16)
        return "\(plain.prefix(60))-\(number)\(commitsOnly ? "-commits" : "").git"
    }

    /// Asks the remote for its refs; no object is transferred.
    func advertisement() throws -> Advertisement {
        try Advertisement(parsing: git.output(git.outside(["ls-remote", "--symref", "--", url]), cancellation))
    }

    /// The branches and tags of the local copy; `nil` where there is no copy yet.
    func refs() throws -> [[UInt8]: ObjectID]? {
        try Files.status("\(git.repository)/HEAD") == nil ? nil : try packedRefs.read()
    }

    /// How many commits lead to one commit and not to another; `nil` when the copy has not all of them.
    func count(leadingTo old: ObjectID, butNotTo new: ObjectID) throws -> Int? {
        var command = git.command(["rev-list", "--count", old.text, "^\(new.text)", "--"])
        command.errors = .null
        let counting = try Process.start(command)
        return try cancellation.onCancel {
            counting.terminate(grace: .zero)
        } during: {
            var digits: [UInt8] = []
            while true {
                let bytes = try counting.read(upTo: 64)
                if bytes.isEmpty { break }
                digits += bytes
            }
            return try counting.wait().isSuccess ? Int(String(decoding: digits.dropLast(), as: UTF8.self)) : nil
        }
    }

    /// The commits that objects are or lead to; `nil` for what is missing or leads to something else.
    func commits(of ids: [ObjectID]) throws -> [ObjectID?] {
        guard !ids.isEmpty else { return [] }
        var inspector = try ObjectInspector(git)
        return try cancellation.onCancel(inspector.interruption) { try inspector.commits(of: ids) }
    }

    /// Makes the local copy's branches and tags those of the remote, whatever they were. What was there before stays:
    /// commits that a branch has lost can still be named.
    ///
    /// - Returns: what is wrong with the remote's refs, a sentence each.
    func follow(_ remote: Advertisement) throws -> [String] {
        try make(isSHA256: remote.head?.digits == 64)
        if let objects = try localObjects() {
            try Files.write("\(objects)\n".utf8, to: "\(git.repository)/objects/info/alternates")
            let broken = try brokenTags(remote)
            try packedRefs.replace(
                with: remote.refs.filter { broken[$0.key] == nil }, head: remote.isDetached ? remote.head : nil)
            return broken.isEmpty
                ? []
                : ["\(broken.count == 1 ? "a tag leads" : "\(broken.count) tags lead") to objects that are missing"]
        }
        try fetch(remote)
        try packedRefs.replace(with: remote.refs, head: remote.isDetached ? remote.head : nil)
        try compact()
        return []
    }

    /// The id of the commit that a name stands for, if the local copy has it.
    func commit(_ name: String) throws -> ObjectID? {
        var command = git.command(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(name)^{commit}"])
        command.errors = .null
        do {
            return ObjectID(try git.output(command, cancellation).prefix { $0 != UInt8(ascii: "\n") })
        } catch let error as GitError where error.code == .failed {
            return nil
        }
    }

    // MARK: Objects

    /// Makes the bare repository where there is none, under another name first: half a repository is none.
    private func make(isSHA256: Bool) throws {
        guard try Files.status("\(git.repository)/HEAD") == nil else { return try removeRemains() }
        let new = "\(git.repository).new"
        try Files.removeTree(new)
        try Files.removeTree(git.repository)
        let format = isSHA256 ? ["--object-format=sha256"] : []
        _ = try git.output(
            git.outside(["init", "--quiet", "--bare", "--template="] + format + ["--", new]), cancellation)
        try Files.makeDirectory("\(new)/objects/info")
        try Files.rename(new, to: git.repository)
    }

    /// Removes what a `git fetch` that was killed left behind: its locks would stop the next one, its half a pack only
    /// takes room.
    private func removeRemains() throws(FileError) {
        for name in try Files.list(git.repository) where name.hasSuffix(".lock") {
            try Files.remove("\(git.repository)/\(name)")
        }
        let packs = "\(git.repository)/objects/pack"
        guard try Files.status(packs) != nil else { return }
        for name in try Files.list(packs) where name.hasPrefix("tmp_") || name.hasPrefix(".tmp-") {
            try Files.remove("\(packs)/\(name)")
        }
    }

    /// Gets the objects that the remote's refs name and the copy's do not. They are asked for by their ids, and no ref is
    /// written: Git would make a file of each.
    private func fetch(_ remote: Advertisement) throws {
        let known = Set(try packedRefs.read().values)
        var wanted = Set(remote.refs.values)
        if let head = remote.head { wanted.insert(head) }
        wanted.subtract(known)
        guard !wanted.isEmpty else { return }
        var lines: [UInt8] = []
        for id in wanted {
            id.append(to: &lines)
            lines.append(UInt8(ascii: "\n"))
        }
        let options = [
            "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--update-shallow", "--refmap=",
            "--stdin",
        ]
        let command =
            git.holdsCommitsOnly
            ? commitsOnly + ["fetch"] + options + ["--filter=tree:0", "--", "source"]
            : ["fetch"] + options + ["--", url]
        _ = try git.output(git.fetch(command, input: .bytes(lines)), cancellation)
    }

    /// Git leaves out contents only from a remote that has a name and promises to have them. A server that does not know
    /// of such filters sends everything.
    private var commitsOnly: [String] {
        [
            "-c", "remote.source.url=\(url)", "-c", "remote.source.promisor=true", "-c",
            "remote.source.partialCloneFilter=tree:0",
        ]
    }

    /// Puts packs together when there are many; nothing is dropped.
    private func compact() throws {
        let packs = try Files.list("\(git.repository)/objects/pack").count { $0.hasSuffix(".pack") }
        guard packs > Self.packLimit else { return }
        // Those of a copy without contents are marked as such, which only a full repack respects.
        let how = git.holdsCommitsOnly ? ["-a"] : ["--geometric=2"]
        _ = try git.output(git.command(["repack", "-q", "-d", "-l"] + how), cancellation)
    }

    /// The object directory of a repository on this machine that can simply be read where it is; `nil` for any
    /// other, and for a shallow one, whose limits only a fetch carries over.
    private func localObjects() throws -> String? {
        let path = url.hasPrefix("file://") ? String(url.dropFirst("file://".count)) : url
        guard path.hasPrefix("/"), !path.contains("%") else { return nil }
        for directory in ["\(path)/.git", path, "\(path).git"]
        where try Files.status("\(directory)/objects")?.kind == .directory {
            guard try Files.status("\(directory)/HEAD") != nil else { continue }
            return try Files.status("\(directory)/shallow") == nil ? "\(directory)/objects" : nil
        }
        return nil
    }

    /// The tags that lead nowhere. A fetch would have noticed; what is read in place may be damaged.
    private func brokenTags(_ remote: Advertisement) throws -> [[UInt8]: ObjectID] {
        let tags = Array(remote.tags)
        guard !tags.isEmpty else { return [:] }
        var inspector = try ObjectInspector(git)
        return try cancellation.onCancel(inspector.interruption) {
            let leading = zip(tags, try inspector.commits(of: tags.map(\.value))).filter { $1 == nil }.map(\.0)
            // Those of files and directories lead to something, too.
            let ends = try inspector.ends(of: leading.map(\.value))
            let broken = zip(leading, ends).filter { !$1 }.map(\.0)
            return Dictionary(uniqueKeysWithValues: broken.map { ($0.key, $0.value) })
        }
    }
}
