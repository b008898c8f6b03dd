import Files
import Glibc
import TestSupport

/// A repository whose owner wants programs to run or files to appear where it is read. Whatever does run leaves a
/// witness.
struct HostileRepository {
    let repository: TestRepository
    /// Exists as soon as anything of the repository's choice has run.
    let witness: String
    private let directory: TemporaryDirectory

    /// Names that a shell, an option parser or a file system could take for something else.
    let branches: [String]

    private var command: String { "touch \(witness)" }

    init() throws {
        directory = try TemporaryDirectory()
        // Whoever runs something is to leave a witness, a web server of another account included.
        unsafe chmod(directory.path, 0o777)
        witness = "\(directory.path)/witness"
        repository = try TestRepository()
        branches = [
            "-x", "--upload-pack=touch", "$(touch${IFS}\(witness))", "`touch`", ";touch", "|touch", "a'b\"c",
            "refs/heads/x",
            "HEAD", "gathering/head", String(repeating: "long", count: 200), "\u{E9}\u{1F600}", "a/b/c",
        ]
        try addTrees()
        try addFiles()
        try addRefs()
        try addConfiguration()
        try addHooks()
    }

    /// What has run, if anything; for messages.
    var evidence: String? {
        (try? Files.status(witness)) == nil ? nil : "something of the repository's choice has run"
    }

    // MARK: Content

    /// The paths that the trees name, none of which Git itself would put into one.
    static let paths = [
        "../outside", ".git/config", ".GIT/hooks/post-checkout", "/absolute", "..", ".", ".git", "a//b", "-rf",
        "$(touch x)",
    ]

    private func addTrees() throws {
        let blob = try repository.git("hash-object", "-w", "--stdin", input: Array("#!/bin/sh\n\(command)\n".utf8))
        var tree: [UInt8] = []
        for path in Self.paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            tree += "100755 \(path)".utf8 + [0]
            tree += stride(from: 0, to: 40, by: 2).map { place in
                UInt8(blob.dropFirst(place).prefix(2), radix: 16) ?? 0
            }
        }
        let id = try repository.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", input: tree)
        let commit = try repository.git("commit-tree", "-m", "a tree of traps", id)
        try repository.git("update-ref", "refs/heads/master", commit)
    }

    private func addFiles() throws {
        try repository.git("symbolic-ref", "HEAD", "refs/heads/work")
        let submodules = """
            [submodule "run"]
            \tpath = run
            \turl = ext::sh -c "\(command)"
            \tupdate = !\(command)
            [submodule "option"]
            \tpath = -x
            \turl = -u\(command)
            [submodule "../../up"]
            \tpath = ../../up
            \turl = --upload-pack=\(command)

            """
        try repository.write(".gitmodules", submodules)
        try repository.write(".gitattributes", "* diff=evil filter=evil merge=evil\n*.bin filter=lfs diff=lfs -text\n")
        try repository.write(".lfsconfig", "[lfs]\n\turl = ext::sh -c \"\(command)\"\n")
        try repository.write(
            "big.bin",
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 12\n")
        try repository.link("etc", to: "/etc")
        try repository.link("up", to: "../../../../tmp")
        _ = try repository.commit("files \u{1B}]0;title\u{7} $(\(command))")
        // Two commits of other repositories, as `git submodule add` records them.
        for path in ["run", "-x"] {
            try repository.git(
                "update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,\(path)")
        }
        try repository.git("commit", "-q", "-m", "submodules")
        let merge = try repository.git(
            "commit-tree", "-p", "HEAD", "-p", "master", "-m", "merge of traps", "HEAD^{tree}")
        try repository.git("update-ref", "HEAD", merge)
    }

    /// `git branch` would refuse some of the names, and no file can be called like the long ones.
    private func addRefs() throws {
        let head = try repository.head()
        try repository.git("branch", "-M", "work", "main")
        var lines = branches.flatMap { ["refs/heads/\($0)", "refs/tags/\($0)"] }
        // These are no names at all; a server could still tell them.
        lines += ["refs/tags/.lock", "refs/heads/a..b", "refs/tags/x.lock"]
        let packed = lines.map { "\(head) \($0)\n" }
        try repository.write(".git/packed-refs", packed.joined())
    }

    // MARK: Machinery

    private func addConfiguration() throws {
        try Files.makeDirectory("\(directory.path)/hooks")
        let values = [
            "core.fsmonitor": command, "core.sshCommand": command, "core.hooksPath": "\(directory.path)/hooks",
            "core.pager": command, "core.editor": command, "core.askPass": command, "core.gitProxy": command,
            "core.alternateRefsCommand": command, "uploadpack.packObjectsHook": command, "diff.external": command,
            "diff.evil.command": command, "diff.evil.textconv": "\(command);cat", "filter.evil.clean": command,
            "filter.evil.smudge": command, "filter.evil.process": command, "filter.evil.required": "true",
            "filter.lfs.smudge": command, "filter.lfs.process": command, "filter.lfs.clean": command,
            "filter.lfs.required": "true", "merge.evil.driver": command, "gpg.program": command,
            "gpg.ssh.program": command, "log.showSignature": "true", "credential.helper": "!\(command)",
            "remote.origin.url": "ext::sh -c \"\(command)\"", "remote.origin.uploadpack": command,
            "remote.origin.promisor": "true", "remote.origin.vcs": "ext", "alias.log": "!\(command)",
            "alias.rev-list": "!\(command)", "url.ext::sh -c \(command).insteadOf": "http://",
            "protocol.ext.allow": "always", "protocol.allow": "always", "submodule.run.update": "!\(command)",
            "submodule.recurse": "true", "trailer.x.command": command, "interactive.diffFilter": command,
            "sendemail.sendmailcmd": command, "http.proxy": "http://127.0.0.1:1", "gc.auto": "1",
            "include.path": "\(directory.path)/more", "mailmap.file": "/etc/passwd",
        ]
        try Files.write("[core]\n\tfsmonitor = \(command)\n\tpager = \(command)\n".utf8, to: "\(directory.path)/more")
        for (key, value) in values { try repository.git("config", key, value) }
    }

    private func addHooks() throws {
        let names = [
            "post-checkout", "post-merge", "post-rewrite", "post-update", "pre-auto-gc", "pre-receive", "update",
            "post-receive", "reference-transaction", "proc-receive", "fsmonitor-watchman", "post-index-change",
            "push-to-checkout", "sendemail-validate",
        ]
        for folder in ["\(repository.path)/.git/hooks", "\(directory.path)/hooks"] {
            try Files.makeDirectory(folder)
            for name in names {
                try Files.write("#!/bin/sh\n\(command)\n".utf8, to: "\(folder)/\(name)", permissions: 0o755)
            }
        }
        try Files.makeDirectory("\(repository.path)/.git/info")
        try Files.write("* diff=evil filter=evil\n".utf8, to: "\(repository.path)/.git/info/attributes")
    }
}
