import Files
import TestSupport
import Testing

/// Accounts are made, changed and listed on the command line, and no password is ever a word of it.
@Suite struct AccountCommandTests {
    private let directory: TemporaryDirectory
    private let program: String
    private var state: String { "\(directory.path)/state" }

    init() throws {
        directory = try TemporaryDirectory()
        program = try BuiltProgram.path("controller")
        try Ran.program(program, ["init", "--state", "\(directory.path)/state", "--host", "localhost"]).required()
    }

    private func users(_ words: String..., input: String = "") throws -> Ran {
        try Ran.program(program, ["users"] + words + ["--state", state], input: input)
    }

    @Test func anAccountIsMadeWithAPasswordFromStandardInputOrAFile() throws {
        let file = "\(directory.path)/password"
        try Files.write("several good words\n".utf8, to: file, permissions: 0o600)
        #expect(try users("list").output.contains("controller users add"))
        let added = try users("add", "anna", "--role", "admin", input: "correct horse battery\n")
        #expect(added.status == 0 && added.line.hasPrefix("anna: added as admin"), "\(added)")
        try users("add", "ben", "--password-file", file).required()
        try users("add", "carl", "--password-file", "-", input: "correct horse battery").required()
        let list = try users("list").output.split(separator: "\n")
        #expect(list.count == 3 && list[0].hasPrefix("anna\tadmin\t") && list[1].hasPrefix("ben\tviewer\t"))
        let json = try users("list", "--json").output
        #expect(json.contains(#""name":"carl""#) && !json.contains("scrypt") && !json.contains("horse"))

        try users("role", "ben", "admin").required()
        try users("password", "ben", input: "another long one\r\n").required()
        try users("remove", "anna").required()
        let trail = try Ran.program(program, ["audit", "--state", state]).output
        #expect(trail.contains("account-removed") && !trail.contains("words") && !trail.contains("horse"), "\(trail)")
        let kept = try Ran.program("sqlite3", ["\(state)/controller.sqlite", "SELECT password FROM controller_users"])
        #expect(kept.output.split(separator: "\n").allSatisfy { $0.hasPrefix("$scrypt$ln=15,r=8,p=3$") }, "\(kept)")
    }

    @Test func everyRefusalSaysWhatToDo() throws {
        try users("add", "anna", "--role", "admin", input: "correct horse battery\n").required()
        for (words, input, status, text) in [
            (["add", "anna"], "correct horse battery", 1, "controller users password"),
            (["add", "ben", "--role", "king"], "correct horse battery", 2, "admin, viewer"),
            (["add", "Ben"], "correct horse battery", 2, "small letters"),
            (["add", "ben"], "short", 2, "at least 12 characters"),
            (["add", "ben"], "", 2, "expected one line"),
            (["add", "ben"], "two lines of\npassword here\n", 2, "expected one line"),
            (["add", "ben", "--password-file", "/nowhere/file"], "", 1, "/nowhere/file"),
            (["remove", "anna"], "", 1, "--role admin"),
            (["role", "anna", "viewer"], "", 1, "--role admin"),
            (["remove", "ben"], "", 1, "controller users list"),
            (["password", "ben"], "correct horse battery", 1, "controller users list"),
        ] {
            let ran = try Ran.program(program, ["users"] + words + ["--state", state], input: input)
            #expect(ran.status == Int32(status) && ran.output.contains(text), "\(words): \(ran)")
        }
        #expect(try users("list").output.split(separator: "\n").count == 1)
    }

    /// A terminal of its own, on which a program of Python types.
    @Test(arguments: [
        (["correct horse battery\r", "correct horse battery\r"], 0, "added as viewer"),
        // A letter is taken back, and the whole line.
        (["wrong\u{15}correct horse batterx\u{7F}y\r", "correct horse battery\r"], 0, "added as viewer"),
        (["correct horse battery\r", "correct horse batter\r"], 2, "not the same"),
        (["correct ho\u{3}"], 1, "interrupted"),
    ]) func thePasswordIsAskedForAndNotShown(keys: [String], status: Int32, text: String) throws {
        let typist = """
            import os, pty, sys
            keys = [k.encode() for k in sys.argv[1].split("|")]
            child, terminal = pty.fork()
            if child == 0: os.execv(sys.argv[2], sys.argv[2:])
            seen = b""
            questions = [b"Password: ", b"Again: "]
            while True:
                try: piece = os.read(terminal, 4096)
                except OSError: break
                if not piece: break
                seen += piece
                if keys and questions and questions[0] in seen:
                    os.write(terminal, keys.pop(0))
                    questions.pop(0)
            print(seen.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
        let ran = try Ran.program(
            "python3",
            ["-c", typist, keys.joined(separator: "|"), program, "users", "add", "anna", "--state", state])
        #expect(ran.status == status && ran.output.contains(text), "\(ran)")
        #expect(!ran.output.contains("horse"))
    }
}
