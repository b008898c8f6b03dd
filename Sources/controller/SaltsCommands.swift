import Commands
import Configuration
import Cryptography
import Files
import Fleet
import Lifecycle

/// `controller salts`: the key that the salts behind pseudonyms are encrypted with.
enum SaltsCommands {
    static let declaration = Command(
        "salts", abstract: "change the key that the salts behind pseudonyms are encrypted with",
        subcommands: [
            Command(
                "rekey", abstract: "encrypt all salts with another key",
                discussion: """
                    SALTS_KEY, or SALTS_KEY_FILE, is still the key of before; without one, salts that are not encrypted are \
                    encrypted now. End the controller first, all of them where several share a store, and start it with the \
                    new key. Pseudonyms stay as they are. Backups of before need the key of before.
                    """,
                options: [
                    .value(
                        "new-key-file", named: "FILE", accepting: .file,
                        help: "a file that holds the new key: one line of at least 20 characters")
                ],
                examples: [
                    .init("openssl rand -base64 32 > /etc/controller/salts-key-2", "make a key"),
                    .init(
                        "controller salts rekey --new-key-file /etc/controller/salts-key-2", "then set SALTS_KEY_FILE"),
                ],
                handler: rekey)
        ])

    static func rekey(_ invocation: Invocation) async throws -> ExitCode {
        guard let path = invocation.value("new-key-file") else {
            throw invocation.usageError(.missingValue, "the new key is missing: --new-key-file FILE")
        }
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        // One that works with the key of before could read no salts any more.
        let lock = try StateLock(state)
        defer { withExtendedLifetime(lock) {} }
        let text = String(decoding: try Descriptor(path, .read).read(upTo: 4096), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.count == 1, lines[0].utf8.count >= 20 else {
            throw invocation.usageError(.badValue, "expected one line of at least 20 characters in \(path)")
        }
        let key = try SecretBox(secret: String(lines[0]), purpose: Fleet.saltsPurpose)
        let count: Int
        do {
            count = try await state.openFleet().rekeySalts(with: key)
        } catch let error as SaltsError {
            throw Refused(error: error)
        }
        try invocation.console.print(
            "encrypted \(count) salts with the new key. Next: SALTS_KEY_FILE=\(path), then controller serve")
        return .success
    }

    private struct Refused: Failure {
        let error: SaltsError
        var exitCode: ExitCode { .usage }
        var description: String { "\(error)" }
        var advice: String? { error.advice }
    }
}
