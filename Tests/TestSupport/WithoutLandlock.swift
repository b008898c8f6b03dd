package import Files

/// Runs a program as on a machine without Landlock: a seccomp filter answers its system calls with an error.
package enum WithoutLandlock {
    /// - Parameter number: the `errno` that asking for Landlock gives.
    package static func run(
        _ number: Int32, _ words: [String], in directory: TemporaryDirectory
    ) throws(FileError) -> Shell.Result {
        let script = "\(directory.path)/without-landlock.py"
        try Files.write(program.utf8, to: script)
        let quoted = words.joined(separator: "\n")
        return Shell.run(
            "mapfile -t words <<<\"$3\"; exec python3 \"$1\" \"$2\" \"${words[@]}\"", script, "\(number)", quoted)
    }

    private static let program = #"""
        import ctypes, os, struct, sys

        def step(code, jump_true, jump_false, value):
            return struct.pack("HBBI", code, jump_true, jump_false, value)

        LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
        LANDLOCK_CREATE_RULESET, ERROR, ALLOW = 444, 0x00050000, 0x7FFF0000
        steps = (step(LOAD, 0, 0, 0) + step(EQUAL, 0, 1, LANDLOCK_CREATE_RULESET)
            + step(RETURN, 0, 0, ERROR | int(sys.argv[1])) + step(RETURN, 0, 0, ALLOW))
        buffer = ctypes.create_string_buffer(steps)
        filter = ctypes.create_string_buffer(struct.pack("HP", len(steps) // 8, ctypes.addressof(buffer)))
        library = ctypes.CDLL(None, use_errno=True)
        NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
        assert library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
        assert library.prctl(SECCOMP, FILTER, filter, 0, 0) == 0
        os.execv(sys.argv[2], sys.argv[2:])
        """#
}
