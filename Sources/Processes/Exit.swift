import Glibc

/// How a process ended, and what it used.
package struct Exit: Sendable {
    package enum Status: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)

        /// - Parameter raw: what the `wait` family of calls stores.
        init(raw: Int32) {
            let signal = raw & 0x7f
            self = signal == 0 ? .exited((raw >> 8) & 0xff) : .signalled(signal)
        }
    }

    /// The use by the process and those of its children that it waited for.
    package struct ResourceUsage: Hashable, Sendable {
        /// The largest resident set of any one of them.
        package let maximumResidentBytes: Int
        package let userTime: Duration
        package let systemTime: Duration

        init(_ usage: rusage) {
            maximumResidentBytes = usage.ru_maxrss << 10
            userTime = .seconds(usage.ru_utime.tv_sec) + .microseconds(usage.ru_utime.tv_usec)
            systemTime = .seconds(usage.ru_stime.tv_sec) + .microseconds(usage.ru_stime.tv_usec)
        }
    }

    package let program: Program
    package let status: Status
    package let usage: ResourceUsage
    /// The end of the standard error, where it was captured.
    package let errors: [UInt8]

    package var isSuccess: Bool { status == .exited(0) }

    /// The last line of the standard error that is not blank; empty where there is none.
    package var lastErrorLine: String { Exit.lastLine(of: errors) }

    static func lastLine(of errors: [UInt8]) -> String {
        let line = errors.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            .last { !$0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
        return String(decoding: line ?? [], as: UTF8.self)
    }

    /// - Throws: `ProcessError` with the code `failed` unless the program exited with 0.
    package func requireSuccess() throws(ProcessError) {
        guard !isSuccess else { return }
        throw ProcessError(.failed(status), program, lastErrorLine: lastErrorLine)
    }
}
