import Files
import TestSupport
import Testing

/// The key of the salts is changed while no controller works, and what was made with the salts stays.
@Suite struct SaltsCommandTests {
    @Test func saltsGetAnotherKeyAndStayTheSame() throws {
        let directory = try TemporaryDirectory()
        let program = try BuiltProgram.path("controller")
        let state = "\(directory.path)/state"
        func run(_ words: [String], key: String?) throws -> Ran {
            try Ran.program(
                program, words + ["--state", state], environment: key.map { ["SALTS_KEY_FILE": $0] } ?? [:])
        }
        let (first, second) = ("\(directory.path)/first", "\(directory.path)/second")
        try Files.write("a first key of many letters\n".utf8, to: first, permissions: 0o600)
        try Files.write("another key of many letters\n".utf8, to: second, permissions: 0o600)
        try run(["init", "--host", "localhost"], key: first).required()
        try run(["enrol", "DEMO", "--project", "DEMO"], key: first).required()
        func stored() throws -> String {
            try Ran.program("sqlite3", ["\(state)/controller.sqlite", "SELECT salt FROM controller_projects"]).line
        }
        let before = try stored()
        let short = "\(directory.path)/short"
        try Files.write("short\n".utf8, to: short, permissions: 0o600)
        for (words, key, text) in [
            (["salts", "rekey"], first, "--new-key-file"),
            (["salts", "rekey", "--new-key-file", short], first, "at least 20 characters"),
            (["salts", "rekey", "--new-key-file", second], nil, "SALTS_KEY is not set"),
            (["salts", "rekey", "--new-key-file", second], second, "another key"),
        ] as [([String], String?, String)] {
            let refused = try run(words, key: key)
            #expect(refused.status == 2 && refused.output.contains(text), "\(words): \(refused)")
        }
        #expect(try stored() == before)
        let done = try run(["salts", "rekey", "--new-key-file", second], key: first)
        #expect(done.status == 0 && done.output.contains("encrypted 2 salts"), "\(done)")
        #expect(try stored() != before && stored().hasPrefix("box1:"))
        #expect(try run(["salts", "rekey", "--new-key-file", first], key: first).status == 2)
        #expect(try run(["salts", "rekey", "--new-key-file", first], key: second).status == 0)
        #expect(try run(["audit"], key: first).output.contains("salts-rekeyed"))
    }
}
