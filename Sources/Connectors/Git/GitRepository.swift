import Blocking
import Files
import Processes

/// The bare local copy of one repository and what is done with it before its history is read.
struct GitRepository {
    private let git: GitProgram
    private let url: String
    private let cancellation: Cancellation

    init(_ git: GitProgram, url: String, _ cancellation: Cancellation) {
        self.git = git
        self.url = url
        self.cancellation = cancellation
    }

    /// A directory for each URL: the last part of its path, and a number that keeps equal names apart.
    static func directoryName(for url: String) -> String {
        let name = url.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? "repository"
        let plain = String(
            name.unicodeScalars.map {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "-"
            })
        // FNV-1a, 64 bits: https://www.rfc-editor.org/rfc/rfc9923 (what it must do is differ, not resist).
        let hash = url.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\(plain.prefix(60))-\(String(hash, radix: 16)).git"
    }

    /// Asks the remote for its refs; no object is transferred.
    func advertisement() throws -> Advertisement {
        try Advertisement(parsing: git.output(git.outside(["ls-remote", "--symref", "--", url]), cancellation))
    }

    /// The branches and tags of the local copy; `nil` where there is no copy yet.
    func refs() throws -> [[UInt8]: ObjectID]? {
        guard try Files.status("\(git.repository)/HEAD") != nil else { return nil }
        return try Advertisement(
            parsing: git.output(git.command(["for-each-ref", "--format=%(objectname)%09%(refname)"]), cancellation)
        ).refs
    }

    /// How many commits lead to one commit and not to another; `nil` when the copy has not all of them.
    func countCommits(leadingTo old: ObjectID, butNotTo new: ObjectID) throws -> Int? {
        var command = git.command(["rev-list", "--count", old.text, "^\(new.text)", "--"])
        command.errors = .null
        do {
            return Int(String(decoding: try git.output(command, cancellation).dropLast(), as: UTF8.self))
        } catch let error as GitError where error.code == .failed {
            return nil
        }
    }

    /// The commits that objects are or lead to; `nil` for what is missing or leads to something else.
    func commits(of ids: [ObjectID]) throws -> [ObjectID?] {
        guard !ids.isEmpty else { return [] }
        var inspector = try ObjectInspector(git)
        return try cancellation.onCancel(inspector.interruption) {
            var commits: [ObjectID?] = []
            for id in ids { commits.append(try inspector.commit(of: id)) }
            return commits
        }
    }

    /// Keeps commits that no branch leads to any more from ever being removed from the copy; where the objects are
    /// another repository's, there is nothing to keep.
    func keep(_ ids: [ObjectID]) throws {
        guard try Files.status("\(git.repository)/objects/info/alternates") == nil else { return }
        let present = zip(ids, try commits(of: ids)).compactMap { id, commit in commit.map { _ in id } }
        try update(present.map { Array("update refs/gathering/lost/\($0.text)\0\($0.text)\0\0".utf8) })
    }

    /// Makes the local copy's branches and tags those of the remote, whatever they were.
    func fetch(_ remote: Advertisement) throws {
        if try Files.status("\(git.repository)/HEAD") == nil {
            try Files.removeTree(git.repository)
            _ = try git.output(
                git.outside(["init", "--quiet", "--bare", "--template=", "--", git.repository]), cancellation)
        }
        if let objects = try localObjects() {
            try borrow(objects, remote)
        } else {
            let refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
            _ = try git.output(
                git.command(
                    [
                        "fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head",
                        "--update-shallow", "--", url,
                    ]
                        + refspecs + (remote.isDetached ? ["+HEAD:refs/gathering/head"] : [])),
                cancellation)
        }
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

    /// The object directory of a repository on this machine that can simply be read where it is; `nil` for any
    /// other, and for a shallow one, whose limits only a fetch carries over.
    private func localObjects() throws -> String? {
        let path = url.hasPrefix("file://") ? String(url.dropFirst("file://".count)) : url
        guard path.hasPrefix("/"), !path.contains("\n"), !path.contains("%") else { return nil }
        for directory in ["\(path)/.git", path, "\(path).git"]
        where try Files.status("\(directory)/objects")?.kind == .directory {
            guard try Files.status("\(directory)/HEAD") != nil else { continue }
            return try Files.status("\(directory)/shallow") == nil ? "\(directory)/objects" : nil
        }
        return nil
    }

    /// Reads the objects of a repository on this machine in place and takes over its refs.
    private func borrow(_ objects: String, _ remote: Advertisement) throws {
        try Files.write("\(objects)\n".utf8, to: "\(git.repository)/objects/info/alternates")
        let present = try refs() ?? [:]
        if present.isEmpty { return try fill(remote.refs) }
        // Deletions first, in a transaction of their own: a branch `a` may have become `a/b`.
        let gone = present.keys.filter { remote.refs[$0] == nil }
        try update(gone.map { Array("delete ".utf8) + $0 + [0, 0] })
        let moved = remote.refs.filter { present[$0.key] != $0.value }
        try update(moved.map { Array("update ".utf8) + $0.key + [0] + $0.value.bytes + [0, 0] })
    }

    /// Changes refs in one transaction.
    private func update(_ commands: [[UInt8]]) throws {
        guard !commands.isEmpty else { return }
        let input = Invocation.Input.bytes(Array(commands.joined()))
        _ = try git.output(git.command(["update-ref", "--no-deref", "--stdin", "-z"], input: input), cancellation)
    }

    /// Gives a copy without refs those of the remote. A file per ref, which is what Git would write, makes tens of
    /// thousands of tags slow for ever; all in one file is its own form for those that rest.
    private func fill(_ refs: [[UInt8]: ObjectID]) throws {
        var content: [UInt8] = []
        for (name, id) in refs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            content += id.bytes + [UInt8(ascii: " ")] + name + [UInt8(ascii: "\n")]
        }
        try Files.write(content, to: "\(git.repository)/packed-refs")
    }
}
