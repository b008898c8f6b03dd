internal import CLinux
internal import Files
import Glibc

/// What a process may still reach: a list of paths, by Landlock, without root and without a container. All else in
/// the file system cannot be opened, listed, made, renamed or removed, TCP and other processes' abstract sockets
/// cannot be reached where the kernel knows how (Linux 6.7 and 6.12), and no program gains privileges.
///
/// Landlock does not restrict what needs no opening: looking at the status of a path one knows, and changing mode,
/// owner and times of what belongs to the account, by its path or by a descriptor open for reading; before Linux 6.2
/// not `truncate` by path either. Whoever confines a program that does these on somebody's behalf has to see to that
/// in another way.
package struct Confinement: Sendable {
    /// Directories in which regular files and directories may be read, made, changed and removed, and files to read
    /// and write. A symbolic link as such a path is refused.
    package var readWrite: [String]
    /// Programs, or directories of programs, that may be read and executed.
    package var readExecute: [String]
    /// Files and directories that may be read.
    package var read: [String]
    /// Bytes a file may grow to; a write beyond it fails with `EFBIG`.
    package var fileSizeLimit: Int?
    /// How many files may be open at once.
    package var openFileLimit: Int?

    package init(
        readWrite: [String], readExecute: [String], read: [String] = [], fileSizeLimit: Int? = nil,
        openFileLimit: Int? = nil
    ) {
        self.readWrite = readWrite
        self.readExecute = readExecute
        self.read = read
        self.fileSizeLimit = fileSizeLimit
        self.openFileLimit = openFileLimit
    }

    /// The version of Landlock's interface that the kernel offers, 1 or more.
    /// - Throws: `ConfinementError` with the code `unavailable` where no process of this machine can be confined.
    package static func version() throws(ConfinementError) -> Int32 { try Ruleset.version() }

    /// Confines this process for the rest of its life, closing all descriptors but the standard three.
    ///
    /// - Throws: `ConfinementError`, with the code `severalThreads` unless the caller is the only thread: the others
    ///   would stay free.
    package func confine() throws(ConfinementError) {
        let threads: [String]
        do throws(FileError) { threads = try Files.list("/proc/self/task") } catch { throw ConfinementError(error) }
        guard threads.count == 1 else { throw ConfinementError(.severalThreads, "\(threads.count)", 0) }
        try restrict()
        guard close_range(3, .max, 0) == 0 else { throw ConfinementError(.refused, "close_range") }
    }

    /// Confines the calling thread for the rest of its life, where others of the process are idle or trusted. Threads that
    /// it starts are confined too, those there are stay free; limits on sizes and descriptors hold for the process.
    package func confineThread() throws(ConfinementError) {
        try restrict()
        guard close_range(3, .max, Confinement.closeOnExecute) == 0 else {
            throw ConfinementError(.refused, "close_range")
        }
    }

    /// Confines this process and executes a program in its place, which gets the standard descriptors, default
    /// signal dispositions (but for `SIGXFSZ`, so that the file size limit is an error and not the end) and
    /// exactly this environment. Other threads end, as with any `execve`.
    ///
    /// - Throws: `ConfinementError` where any step fails; the process is then to end.
    package func execute(
        _ program: String, _ arguments: [String], environment: [String: String], directory: String
    ) throws(ConfinementError) -> Never {
        let words = [program] + arguments
        let variables = environment.map { "\($0.key)=\($0.value)" }
        guard !(words + variables + [directory]).contains(where: { $0.utf8.contains(0) }) else {
            throw ConfinementError(.notStarted, program, EINVAL)
        }
        guard unsafe chdir(directory) == 0 else { throw ConfinementError(.path, directory) }
        try restrict()
        // Marked rather than closed: other threads may still use them for the moment that is left.
        guard close_range(3, .max, Confinement.closeOnExecute) == 0 else {
            throw ConfinementError(.refused, "close_range")
        }
        resetSignals()
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variablePointers = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variablePointers).forEach { unsafe free($0) } }
        unsafe execve(program, &arguments, &variablePointers)
        throw ConfinementError(.notStarted, program)
    }

    /// The real-time signals included.
    private static let lastSignal: Int32 = 64
    /// `CLOSE_RANGE_CLOEXEC` of Linux 5.11 and later.
    private static let closeOnExecute: Int32 = 4

    /// All but the descriptors.
    private func restrict() throws(ConfinementError) {
        let rules = try Ruleset()
        for path in readWrite { try rules.allow([.reading, .writing], below: path, isFollowed: false) }
        for path in readExecute { try rules.allow([.reading, .execute], below: path, isFollowed: true) }
        for path in read { try rules.allow(.reading, below: path, isFollowed: true) }
        // A core file would hold what was received, where the kernel puts it outside the allowed paths.
        try limit(RLIMIT_CORE, to: 0, "RLIMIT_CORE")
        if let openFileLimit { try limit(RLIMIT_NOFILE, to: openFileLimit, "RLIMIT_NOFILE") }
        if let fileSizeLimit {
            signal(SIGXFSZ, SIG_IGN)
            try limit(RLIMIT_FSIZE, to: fileSizeLimit, "RLIMIT_FSIZE")
        }
        try rules.restrictThread()
    }

    private func limit(_ resource: __rlimit_resource, to value: Int, _ name: String) throws(ConfinementError) {
        var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        guard unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
            throw ConfinementError(.refused, name)
        }
    }

    /// What is ignored or held back here would be so in the program, too.
    private func resetSignals() {
        for number in 1...Confinement.lastSignal where number != SIGXFSZ || fileSizeLimit == nil {
            signal(number, SIG_DFL)
        }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}
