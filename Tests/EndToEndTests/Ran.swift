import Processes

/// What a program that was run to its end has said.
struct Ran: Sendable, CustomStringConvertible {
    /// The exit status, or 128 + signal.
    let status: Int32
    /// Standard output and standard error together.
    let output: String

    var description: String { "status \(status): \(output)" }

    /// The output without the line end behind it.
    var line: String { output.last == "\n" ? String(output.dropLast()) : output }

    /// Runs a program with nothing but this environment and no input.
    static func program(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> Ran {
        let path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin"
        var invocation = Invocation(
            try Program.find(name, in: path), arguments,
            environment: ["PATH": path, "LANG": "C.UTF-8"].merging(environment) { _, own in own }, directory: "/")
        invocation.input = .bytes(Array(input.utf8))
        invocation.errors = .merged
        let output = try Process.run(invocation, within: .seconds(120))
        let status =
            switch output.exit.status {
            case .exited(let status): status
            case .signalled(let signal): 128 + signal
            }
        return Ran(status: status, output: output.text)
    }

    /// Runs a script of bash; values go in as `$1`, `$2`…
    static func script(_ script: String, _ arguments: String...) throws -> Ran {
        try program("bash", ["-euo", "pipefail", "-c", script, "bash"] + arguments)
    }

    /// The same, which must succeed.
    @discardableResult
    func required() throws -> Ran {
        guard status == 0 else { throw Failed(description: description) }
        return self
    }

    /// A program that the test needs did not do its work.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
