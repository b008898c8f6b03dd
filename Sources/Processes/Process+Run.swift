extension Process {
    /// What a program that was run to its end has left.
    package struct Output: Sendable {
        package let exit: Exit
        package let bytes: [UInt8]

        /// The output as text; what is not UTF-8 is replaced.
        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Runs a program to its end and collects its output, blocking the calling thread. How it ended is for the
    /// caller to judge, e.g. by `exit.requireSuccess()`.
    ///
    /// - Parameters:
    ///   - limit: how long it may take, over the limits of the invocation.
    ///   - outputLimit: the most bytes of output.
    /// - Throws: `ProcessError` with the code `notFound`, `notStarted`, `communication`, or, after the program was
    ///   ended, `timedOut` or `outputTooLarge`.
    package static func run(
        _ invocation: Invocation, within limit: Duration, outputLimit: Int = 16 << 20
    ) throws(ProcessError) -> Output {
        var invocation = invocation
        invocation.timeLimits.whole = limit
        let process = try start(invocation)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try process.read(into: &buffer)
            if count == 0 { break }
            guard output.count + count <= outputLimit else {
                process.terminate(grace: .seconds(2))
                throw ProcessError(
                    .outputTooLarge, invocation.program, lastErrorLine: try process.wait().lastErrorLine)
            }
            output += buffer[..<count]
        }
        return Output(exit: try process.wait(), bytes: output)
    }
}
