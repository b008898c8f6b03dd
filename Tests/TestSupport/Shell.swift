import Glibc

/// Runs other programs as peers in tests; not for the product, which never goes through a shell.
package enum Shell {
    package struct Result: Sendable {
        /// Standard output and standard error together.
        package let output: String
        /// The exit status; 124 when the time limit ended the script.
        package let status: Int32
    }

    /// Runs a script of bash to its end. The script must be a constant of the test; values go in as `$1`, `$2`…
    package static func run(_ script: String, _ arguments: String..., seconds: Int = 60) -> Result {
        run(script, arguments, seconds: seconds)
    }

    package static func run(_ script: String, _ arguments: [String], seconds: Int = 60) -> Result {
        let words = ["timeout", "\(seconds)", "bash", "-c", script, "bash"] + arguments
        guard let pipe = unsafe popen(words.map(quote).joined(separator: " ") + " 2>&1", "re") else {
            return Result(output: "cannot start a shell", status: -1)
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        let status = unsafe pclose(pipe)
        return Result(output: String(decoding: output, as: UTF8.self), status: status >> 8 & 0xFF)
    }

    private static func quote(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
