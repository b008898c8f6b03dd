import Blocking
import Commands
import Configuration
import Files

/// Where a password comes from: a file, standard input, or somebody at the terminal. Never the command line, which others
/// on the machine can read.
enum PasswordEntry {
    static let option = Command.Option.value(
        "password-file", named: "FILE", accepting: .file, help: "a file that holds the password; - is standard input",
        fallback: "it is asked for on a terminal, else read from standard input")

    /// Bytes of a file that are looked at.
    private static let limit = 4096

    struct Fault: Failure {
        let description: String
        let advice: String?
        var exitCode: ExitCode { .usage }
    }

    /// - Throws: `Fault`, `CancellationError` where somebody gave up.
    static func read(_ invocation: Invocation) async throws -> Secret {
        let path = invocation.value("password-file")
        let isAsked = path == nil && StandardStream.input.isTerminal
        return Secret(
            try await blocking { _ in
                switch (path, isAsked) {
                case (let path?, _) where path != "-": try line(of: fileContent(path), "the file \(path)")
                case (nil, true): try ask()
                default: try line(of: StandardStream.input.readAll(limit: limit), "standard input")
                }
            })
    }

    private static func fileContent(_ path: String) throws -> [UInt8]? {
        let bytes = try Descriptor(path, .read).read(upTo: limit + 1)
        return bytes.count > limit ? nil : bytes
    }

    private static func ask() throws -> String {
        guard let first = try StandardStream.askSecretly("Password: "),
            let second = try StandardStream.askSecretly("Again: ")
        else { throw CancellationError() }
        guard first == second else {
            throw Fault(description: "the two passwords are not the same", advice: "Nothing was changed. Try again.")
        }
        return try line(of: first, "the terminal")
    }

    /// The one line that there should be, without its end.
    private static func line(of content: [UInt8]?, _ place: String) throws -> String {
        guard let content, let text = String(validating: content, as: UTF8.self) else {
            throw Fault(description: "\(place): expected a password, in UTF-8", advice: "Nothing was changed.")
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let line = lines.first, !line.isEmpty, lines.dropFirst().allSatisfy(\.isEmpty), lines.count <= 2 else {
            throw Fault(
                description: "\(place): expected one line, the password", advice: "Nothing was changed.")
        }
        return String(line)
    }
}
