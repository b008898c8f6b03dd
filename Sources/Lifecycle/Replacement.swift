import Glibc

/// Becoming another program, as a shell's `exec` does.
package enum Replacement {
    /// Executes a program in place of this one, with default signal dispositions and an empty signal mask. The standard
    /// descriptors go on; other threads end, as with any `execve`.
    ///
    /// - Parameters:
    ///   - program: a path.
    ///   - arguments: without the program's own name.
    /// - Returns: only where it could not be done: the system's word for why.
    package static func execute(
        _ program: String, _ arguments: [String], environment: [String: String], directory: String
    ) -> String {
        let words = [program] + arguments
        let variables = environment.map { "\($0.key)=\($0.value)" }
        guard !(words + variables + [directory]).contains(where: { $0.utf8.contains(0) }) else {
            return unsafe String(cString: strerror(EINVAL))
        }
        guard unsafe chdir(directory) == 0 else { return unsafe String(cString: strerror(errno)) }
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var pointers = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + pointers).forEach { unsafe free($0) } }
        unsafe execve(program, &arguments, &pointers)
        return unsafe String(cString: strerror(errno))
    }
}
