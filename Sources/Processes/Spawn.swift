internal import CLinux
internal import Files
import Glibc

/// The two ends of a new pipe, both close-on-exec and above the standard descriptors.
struct Pipe: ~Copyable {
    var reading: Descriptor
    var writing: Descriptor

    init(for program: Program) throws(ProcessError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw ProcessError(.notStarted, program, errno: errno) }
        let lower = Descriptor(adopting: ends[0], named: "pipe")
        let upper = Descriptor(adopting: ends[1], named: "pipe")
        let reading = try Pipe.aboveStandard(lower, program)
        let writing = try Pipe.aboveStandard(upper, program)
        self.reading = reading
        self.writing = writing
    }

    /// A pipe at 0, 1 or 2 (where this process was started without them) would be overwritten in the child.
    private static func aboveStandard(
        _ end: consuming Descriptor, _ program: Program
    ) throws(ProcessError) -> Descriptor {
        if end.raw > 2 { return end }
        let raw = fcntl(end.raw, F_DUPFD_CLOEXEC, 3)
        guard raw >= 0 else { throw ProcessError(.notStarted, program, errno: errno) }
        return Descriptor(adopting: raw, named: "pipe")
    }
}

/// Starts programs with `posix_spawn`.
enum Spawn {
    /// The descriptors that become 0, 1 and 2 of the program; `nil` is `/dev/null`.
    struct Standard {
        var input: Int32?
        var output: Int32?
        var errors: Int32?
    }

    /// Starts the program in a session of its own (so a process group of its own, and no terminal on which it could
    /// ask a person), with default signal dispositions, no signal blocked (but see `fileSizeLimit`) and no descriptor but the three.
    static func start(_ invocation: Invocation, _ standard: Standard) throws(ProcessError) -> pid_t {
        let texts =
            [invocation.program.path] + invocation.arguments
            + invocation.environment.flatMap { [$0.key, $0.value] } + [invocation.directory ?? ""]
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw ProcessError(.notStarted, invocation.program, reason: "an argument holds a zero byte")
        }
        var pid: pid_t = 0
        let code = unsafe withActions(invocation, standard) { actions in
            unsafe withAttributes(invocation) { attributes in
                unsafe withCStrings([invocation.program.path] + invocation.arguments) { arguments in
                    unsafe withCStrings(invocation.environment.map { "\($0.key)=\($0.value)" }) { environment in
                        unsafe posix_spawn(
                            &pid, invocation.program.path, actions, attributes, arguments, environment)
                    }
                }
            }
        }
        guard code != 0 else {
            try limit(pid, invocation)
            return pid
        }
        if let directory = invocation.directory, unsafe access(directory, X_OK) != 0 {
            throw ProcessError(.notStarted, invocation.program, reason: "its working directory cannot be entered")
        }
        let isMissing = unsafe code == ENOENT && access(invocation.program.path, F_OK) != 0
        throw ProcessError(isMissing ? .notFound : .notStarted, invocation.program, errno: code)
    }

    /// Programs read their input before they write much, so that a limit set right after the start is in time.
    private static func limit(_ pid: pid_t, _ invocation: Invocation) throws(ProcessError) {
        guard let bytes = invocation.fileSizeLimit, gathering_limit_file_size(pid, UInt64(bytes)) != 0 else { return }
        let code = errno
        // It has ended already.
        guard code != ESRCH else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        throw ProcessError(.notStarted, invocation.program, errno: code)
    }

    private static func withActions(
        _ invocation: Invocation, _ standard: Standard,
        _ body: (UnsafePointer<posix_spawn_file_actions_t>) -> Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var code = unsafe posix_spawn_file_actions_init(&actions)
        guard code == 0 else { return code }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in [standard.input, standard.output, standard.errors].enumerated() where code == 0 {
            let number = Int32(number)
            code =
                if let descriptor {
                    // Also where both are the same: then it clears close-on-exec.
                    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
                } else {
                    unsafe posix_spawn_file_actions_addopen(
                        &actions, number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0)
                }
        }
        if code == 0 { code = unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3) }
        if code == 0, let directory = invocation.directory {
            code = unsafe posix_spawn_file_actions_addchdir_np(&actions, directory)
        }
        return code == 0 ? unsafe body(&actions) : code
    }

    private static func withAttributes(
        _ invocation: Invocation, _ body: (UnsafePointer<posix_spawnattr_t>) -> Int32
    ) -> Int32 {
        var attributes = posix_spawnattr_t()
        var code = unsafe posix_spawnattr_init(&attributes)
        guard code == 0 else { return code }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        var blocked = sigset_t()
        unsafe sigfillset(&all)
        unsafe sigemptyset(&blocked)
        // So that a program beyond its limit is refused with EFBIG, of which it can tell, rather than ended.
        if invocation.fileSizeLimit != nil { unsafe sigaddset(&blocked, SIGXFSZ) }
        code = unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        if code == 0 { code = unsafe posix_spawnattr_setsigmask(&attributes, &blocked) }
        let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | gathering_spawn_setsid
        if code == 0 { code = unsafe posix_spawnattr_setflags(&attributes, Int16(flags)) }
        return code == 0 ? unsafe body(&attributes) : code
    }

    /// Hands `body` the array of C strings, ended by a null pointer, that `exec` expects.
    private static func withCStrings(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        guard unsafe pointers.dropLast().allSatisfy({ unsafe $0 != nil }) else { return ENOMEM }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return EINVAL }
            return unsafe body(base)
        }
    }
}
