import Blocking
import Files
import Processes

/// The `git` program with an environment in which nobody else's configuration counts and a repository can make
/// nothing run: no system, user or inherited configuration, no hooks, no monitors, no prompts, known transports only.
struct GitProgram: Sendable {
    let program: Program
    /// The bare repository that commands without a directory of their own work in.
    let repository: String
    /// Whether the copy may do without files and directories, because nothing is to be counted.
    let holdsCommitsOnly: Bool
    /// Where it is fetched from.
    private let url: String
    private let sizeLimit: Int?
    private var environment: [String: String]

    /// Where `git` is looked for.
    private static let searchPath = "/usr/local/bin:/usr/bin:/bin"

    init(_ settings: GitSettings, storage: String) throws {
        try GitAddress.check(settings.url)
        program = try Program.find("git", in: Self.searchPath)
        url = settings.url
        sizeLimit = settings.sizeLimit
        holdsCommitsOnly = settings.skipsStatistics
        repository = "\(storage)/\(GitRepository.directoryName(for: settings.url, commitsOnly: holdsCommitsOnly))"
        let configuration = "\(storage)/gitconfig"
        environment = [
            "PATH": Self.searchPath,
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": storage,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": configuration,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            // What is missing stays missing: asking for it would be one connection per object.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            // Otherwise every commit of `git log` is a write of its own.
            "GIT_FLUSH": "0",
            // Git asks for and frees a buffer per blob; kept by the allocator, that costs a quarter of the page faults.
            "MALLOC_MMAP_THRESHOLD_": "268435456",
            "MALLOC_TRIM_THRESHOLD_": "268435456",
            "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        ].merging(settings.access.environment(for: settings.url)) { _, access in access }
        try Files.makeDirectory(storage, permissions: 0o700)
        try Files.write(Self.configuration.utf8, to: configuration, permissions: 0o600)
    }

    /// The only configuration that `git` reads beside the one it makes itself in the bare repository.
    ///
    /// `safe.directory`: a local repository may belong to somebody else; it is only ever read through `upload-pack`
    /// and through its object files, neither of which runs anything that it configures.
    ///
    /// `attr.tree`: newer versions of Git take attributes, which change what counts as text, from HEAD; the empty tree has
    /// none. `fetch.unpackLimit`: a pack for each fetch rather than a file for each object. `core.commitGraph`: it would
    /// hide that commits are missing.
    private static let configuration = """
        [safe]
            directory = *
        [core]
            commitGraph = false
            hooksPath = /dev/null
            fsmonitor = false
            attributesFile = /dev/null
            excludesFile = /dev/null
            askPass = false
        [credential]
            helper =
        [protocol "ext"]
            allow = never
        [advice]
            graftFileDeprecated = false
        [attr]
            tree = 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        [fetch]
            writeCommitGraph = false
            unpackLimit = 1
            recurseSubmodules = false
            showForcedUpdates = false
        [gc]
            auto = 0
        [maintenance]
            auto = false
        [diff]
            renames = true
            renameLimit = 1000
        [log]
            showRoot = true
            showSignature = false
            mailmap = false
        [http]
            lowSpeedLimit = 1
            lowSpeedTime = 300

        """

    /// The same with other parents for some commits, as a file says.
    func passingOver(_ grafts: String) -> GitProgram {
        var other = self
        other.environment["GIT_GRAFT_FILE"] = grafts
        return other
    }

    /// A command in the bare repository.
    func command(_ arguments: [String], input: Invocation.Input = .none) -> Invocation {
        outside(["--git-dir=\(repository)"] + arguments, input: input)
    }

    /// A command in the bare repository that reads or writes what Git keeps of the ancestry of commits.
    func commandWithGraph(_ arguments: [String], input: Invocation.Input = .none) -> Invocation {
        command(["-c", "core.commitGraph=true"] + arguments, input: input)
    }

    /// A command in the bare repository that writes no more than a server may send.
    func fetch(_ arguments: [String], input: Invocation.Input) -> Invocation {
        var invocation = command(arguments, input: input)
        invocation.fileSizeLimit = sizeLimit
        return invocation
    }

    /// A command that needs no repository.
    func outside(_ arguments: [String], input: Invocation.Input = .none) -> Invocation {
        var invocation = Invocation(program, ["--no-pager"] + arguments, environment: environment, directory: "/")
        invocation.input = input
        return invocation
    }

    /// Runs a command and hands its output over piece by piece.
    /// - Throws: `GitError` when it fails; `CancellationError` when the work is cancelled, the command being ended.
    func stream(
        _ invocation: Invocation, _ cancellation: Cancellation, _ consume: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        let process = try Process.start(invocation)
        try cancellation.onCancel {
            process.terminate(grace: .seconds(2))
        } during: {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try process.read(into: &buffer)
                if count == 0 { break }
                try consume(buffer[..<count])
            }
            let exit = try process.wait()
            guard exit.isSuccess else { throw GitError.failed(url, errors: exit.errors) }
        }
    }

    /// The whole output of a command.
    func output(_ invocation: Invocation, _ cancellation: Cancellation) throws -> [UInt8] {
        var output: [UInt8] = []
        try stream(invocation, cancellation) { output += $0 }
        return output
    }
}
