/// Everything a program is started with; nothing else of this process reaches it.
package struct Invocation: Sendable {
    package enum Input: Sendable {
        /// `/dev/null`.
        case none
        /// These bytes, then the end. They are written while output is read, so any size is fine.
        case bytes([UInt8])
        /// An open descriptor, e.g. of a temporary file. It must stay open until `Process.start` returns.
        case descriptor(Int32)
        /// Written by `Process.write`.
        case pipe
    }

    package enum Output: Sendable {
        /// Read by `Process.read`.
        case pipe
        case null
        /// The standard output of this process.
        case inherited
        /// An open descriptor. It must stay open until `Process.start` returns.
        case descriptor(Int32)
    }

    package enum Errors: Sendable {
        /// The last `limit` bytes are kept, see `Exit.errors`.
        case captured(limit: Int)
        case null
        /// The standard error of this process.
        case inherited
        /// The same as the standard output, in the order written.
        case merged

        /// 64 KiB: enough for every diagnostic that a person would read.
        package static let captured = Errors.captured(limit: 64 << 10)
    }

    /// When the output is at its end.
    package enum OutputEnd: Sendable {
        /// All who hold it have closed it.
        case closed
        /// The process has ended and what it wrote is read, whatever children that it left behind still hold.
        case exited
    }

    /// How long the program may take. Beyond either it is terminated, and reading, writing or waiting throws `timedOut`.
    package struct TimeLimits: Sendable {
        /// From the start to the end.
        package var whole: Duration?
        /// Between two outputs, standard error included, while we wait for one.
        package var silence: Duration?

        package init(whole: Duration? = nil, silence: Duration? = .seconds(600)) {
            self.whole = whole
            self.silence = silence
        }
    }

    package var program: Program
    package var arguments: [String]
    /// The whole environment: nothing is added to it.
    package var environment: [String: String]
    /// The working directory; `nil` is that of this process.
    package var directory: String?
    package var input: Input = .none
    package var output: Output = .pipe
    package var outputEnd: OutputEnd = .closed
    package var errors: Errors = .captured
    package var timeLimits = TimeLimits()
    /// Bytes of each file that it and its children may write; beyond them `write` fails with EFBIG. `nil` for no limit of
    /// ours.
    package var fileSizeLimit: Int?

    package init(_ program: Program, _ arguments: [String], environment: [String: String], directory: String? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}
