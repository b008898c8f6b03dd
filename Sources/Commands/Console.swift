import Files

/// Where a command writes what its user asked for, and what went wrong.
package struct Console: Sendable {
    /// The width to which help is filled.
    package let columns: Int
    private let toOutput: @Sendable (String) throws -> Void
    private let toError: @Sendable (String) throws -> Void

    package init(
        columns: Int = 80,
        output: @escaping @Sendable (String) throws -> Void,
        error: @escaping @Sendable (String) throws -> Void
    ) {
        self.columns = columns
        toOutput = output
        toError = error
    }

    /// The streams of the process; help is at most 100 columns wide, which is easier to read than a whole screen.
    package static var standard: Console {
        Console(
            columns: min(max(StandardStream.output.columns ?? 80, 40), 100),
            output: { try StandardStream.output.write(Array($0.utf8)) },
            error: { try StandardStream.error.write(Array($0.utf8)) })
    }

    /// Writes a line to standard output.
    /// - Throws: `FileError`, e.g. when the reader has gone or the disk is full.
    package func print(_ line: String) throws { try toOutput(line + "\n") }

    /// Writes a line to standard error; where that fails there is nobody left to tell.
    package func complain(_ line: String) {
        do { try toError(line + "\n") } catch {}
    }
}
