internal import Files
import Glibc

/// Why a process could not be confined, or the program not be started in its place. It then is to end: how far the
/// restriction got is not said.
package struct ConfinementError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The kernel has no Landlock, has it switched off, or a sandbox around us refuses it.
        case unavailable
        /// A path that was to be allowed cannot be opened.
        case path
        /// Other threads run, which would stay unconfined.
        case severalThreads
        /// The system refused one of the steps.
        case refused
        /// The program cannot be executed.
        case notStarted
    }

    package let code: Code
    /// The path, the program or the step.
    package let subject: String
    /// The `errno`; 0 where there is none.
    package let number: Int32

    init(_ code: Code, _ subject: String, _ number: Int32 = errno) {
        self.code = code
        self.subject = subject
        self.number = number
    }

    init(_ error: FileError) { self.init(.path, error.path, error.code) }

    package var description: String {
        let reason = unsafe String(cString: strerror(number))
        return switch code {
        case .unavailable: "this process cannot be confined: the kernel offers no Landlock (\(reason))"
        case .path: "cannot allow \(subject) to a confined process: \(reason)"
        case .severalThreads: "this process cannot be confined: expected one thread, found \(subject)"
        case .refused: "this process cannot be confined: \(subject) failed: \(reason)"
        case .notStarted: "cannot start \(subject) in a confined process: \(reason)"
        }
    }

    /// What the operator can do.
    package var advice: String? {
        guard code == .unavailable else { return nil }
        return number == EOPNOTSUPP
            ? "Landlock is built in but off: add `landlock` to the `lsm=` list of the kernel's command line."
            : "It takes Linux 5.13 or later and a container runtime whose seccomp profile lets landlock_* calls through."
    }
}
