import Files

extension Command {
    /// Parses the words after the program's name, shows help where that is asked for, and runs the command.
    /// Errors are written to the console; the answer is the program's exit status.
    /// - Parameter explain: says what may be done about an error that is no `Failure`.
    package func run(
        _ words: [String], console: Console = .standard,
        explain: @Sendable (any Error) -> (any Failure)? = { _ in nil }
    ) async -> ExitCode {
        var path = name
        do {
            switch try CommandLineParser.parse(words, for: self, console: console) {
            case .help(let chain):
                try console.print(HelpText.render(chain, columns: console.columns))
                return .success
            case .run(let invocation):
                path = invocation.path
                guard let handler = invocation.command.handler else { preconditionFailure("\(path) has no handler") }
                return try await handler(invocation)
            }
        } catch let error as UsageError {
            report(error, of: name, on: console)
            return error.exitCode
        } catch let error as any Failure {
            report(error, of: path, on: console)
            return error.exitCode
        } catch let error as FileError where error.isReaderGone {
            // Whoever read our output has seen enough, as with `agent --help | head -1`.
            return .failure
        } catch is CancellationError {
            console.complain("\(path): interrupted")
            return .failure
        } catch {
            if let failure = explain(error) {
                report(failure, of: path, on: console)
                return failure.exitCode
            }
            console.complain("\(path): \(error)")
            return .failure
        }
    }

    /// Parses words that are options of a command which has no name on the line, e.g. those of a setting.
    package func parse(_ words: [String], console: Console = .standard) throws(UsageError) -> Invocation {
        guard case .run(let invocation) = try CommandLineParser.parse(words, for: self, console: console) else {
            throw UsageError(.unexpectedArgument, "'\(name)' tells no help", command: name)
        }
        return invocation
    }

    private func report(_ failure: any Failure, of path: String, on console: Console) {
        console.complain("\(path): \(failure)")
        if let advice = failure.advice { console.complain(advice) }
    }
}
