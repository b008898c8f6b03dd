import Confinement
import Files
import Glibc
import TestSupport
import Testing

@Suite struct ConfinementTests {
    private let directory: TemporaryDirectory
    /// What the confined process may use, and its neighbour that it may not.
    private let own: String
    private let other: String

    init() throws {
        directory = try TemporaryDirectory()
        own = "\(directory.path)/own"
        other = "\(directory.path)/other"
        for path in [own, other] {
            try Files.makeDirectory("\(path)/sub")
            for name in ["file", "sub/file"] { try Files.write("old".utf8, to: "\(path)/\(name)") }
        }
        try #require(unsafe symlink("/etc/passwd", "\(own)/passwd") == 0)
        try #require(unsafe symlink(other, "\(own)/neighbour") == 0)
    }

    /// Has the probe try one operation.
    private func attempt(_ operation: String, _ path: String) throws -> Int32? {
        let output = try Peer.run(BuiltProgram.path("ConfinementProbe"), [own, operation, path], environment: [:])
        let words = try #require(output.split(separator: "\n").last).split(separator: " ")
        return words.first == operation[...] ? words.last.flatMap { Int32($0) } : nil
    }

    private func content(_ path: String) throws -> String { String(decoding: try Files.read(path), as: UTF8.self) }

    @Test(arguments: [
        ("read", "file"), ("write", "file"), ("write", "new"), ("write", "sub/new"), ("list", ""), ("list", "sub"),
        ("directory", "new"), ("remove", "sub/file"), ("rename", "file"), ("rename", "sub"), ("truncate", "file"),
        ("link", "file"),
    ])
    func permitsWorkInTheOwnDirectory(operation: String, name: String) throws {
        #expect(try attempt(operation, "\(own)/\(name)") == 0)
    }

    @Test(arguments: [
        ("read", "file"), ("write", "file"), ("write", "new"), ("write", "sub/new"), ("list", ""), ("list", "sub"),
        ("directory", "new"), ("remove", "sub/file"), ("rename", "file"), ("rename", "sub"), ("link", "file"),
    ])
    func refusesTheSameNextToIt(operation: String, name: String) throws {
        let ways = ["\(other)/\(name)", "\(own)/../other/\(name)", "\(own)/neighbour/\(name)"]
        for path in ways { #expect(try attempt(operation, path) == EACCES, "\(path)") }
        #expect(try Files.list(other) == ["file", "sub"])
        #expect(try Files.list("\(other)/sub") == ["file"])
        #expect(try content("\(other)/file") == "old")
    }

    @Test(arguments: ["/etc/passwd", "/etc/hostname", "/proc/self/environ", "/dev/null"])
    func refusesTheSystemsFiles(path: String) throws {
        #expect(try attempt("read", path) == EACCES)
    }

    @Test func refusesToFollowALinkOutOfTheDirectory() throws {
        #expect(try attempt("read", "\(own)/passwd") == EACCES)
        // Not the system's file: the test may run as root, and one day the product may fail.
        #expect(try attempt("write", "\(own)/neighbour/file") == EACCES)
    }

    @Test(arguments: ["symbolic", "pipe"])
    func refusesToMakeAnythingButFilesAndDirectories(operation: String) throws {
        #expect(try attempt(operation, "\(own)/new") == EACCES)
        #expect(try Files.status("\(own)/new") == nil)
    }

    @Test func refusesToExecute() throws {
        #expect(try attempt("run", "/bin/true") == EACCES)
        try Peer.run("cp", ["/bin/true", own])
        #expect(try attempt("run", "\(own)/true") == EACCES)
    }

    @Test func refusesToConnectWhereTheKernelKnowsHow() throws {
        let expected = try Confinement.version() >= 4 ? EACCES : ECONNREFUSED
        #expect(try attempt("connect", "") == expected)
    }

    @Test func refusesAFileBeyondTheLimitWithoutEnding() throws {
        #expect(try attempt("fill", "\(own)/large") == EFBIG)
        #expect(try Files.status("\(own)/large")?.size == 1 << 20)
    }

    @Test func closesWhatWasOpen() throws {
        let output = try Peer.run(BuiltProgram.path("ConfinementProbe"), [own, "read", "\(own)/file"])
        #expect(output == "descriptor \(EBADF)\nread 0\n")
    }

    @Test func refusesADirectoryThatIsNotThereOrALink() throws {
        for path in ["\(directory.path)/none", "\(own)/neighbour"] {
            let result = Shell.run("\"$1\" \"$2\" list /", try BuiltProgram.path("ConfinementProbe"), path)
            #expect(result.status == 1)
            #expect(result.output.hasPrefix("path cannot allow \(path) to a confined process"))
        }
    }

    @Test func refusesToRunBesideOtherThreads() throws {
        #expect(throws: ConfinementError.self) {
            // The tests run in many threads; should it ever not be refused, the directory is the whole system.
            try Confinement(readWrite: ["/"], readExecute: ["/"]).confine()
        }
    }

    /// As on a kernel without Landlock, one with Landlock off, and in a sandbox that forbids it.
    @Test(arguments: [ENOSYS, EOPNOTSUPP, EPERM])
    func neverRunsUnconfined(number: Int32) throws {
        let program = try BuiltProgram.path("ConfinementProbe")
        for words in [["write", "\(other)/new"], ["execute", "/usr/bin/touch", "\(other)/new"]] {
            let result = try WithoutLandlock.run(number, [program, own] + words, in: directory)
            #expect(result.status == 1)
            #expect(result.output.hasPrefix("unavailable this process cannot be confined"))
            #expect(try Files.list(other) == ["file", "sub"])
        }
    }

    @Test func executesAProgramWithNothingButWhatItIsGiven() throws {
        let program = try BuiltProgram.path("ConfinementProbe")
        let shell = { (script: String) in
            Shell.run(
                "exec 7</etc/hostname; trap '' TERM; \"$@\" 2>&1", program, self.own, "execute", "/bin/dash", "-c",
                script)
        }
        #expect(shell("set").output.contains("ONLY='this'"))
        #expect(!shell("set").output.contains("PATH='/root") && !shell("set").output.contains("HOME="))
        #expect(shell("pwd").output == "\(own)\n")
        #expect(shell("read line <&7").output.contains("Bad file descriptor"))
        #expect(shell("ulimit -c; ulimit -n; ulimit -f").output == "0\n64\n2048\n")
        #expect(shell("kill -TERM $$; echo alive").status == 128 + SIGTERM)
        #expect(shell("read line </etc/hostname").output.contains("Permission denied"))
        #expect(shell("echo x >../other/file").output.contains("Permission denied"))
        #expect(shell("/bin/true").output.contains("Permission denied"))
    }

    @Test func servesSFTPBelowTheDirectoryOnly() throws {
        let program = try BuiltProgram.path("ConfinementProbe")
        try Files.write("from here".utf8, to: "\(directory.path)/local")
        let batch = """
            put \(directory.path)/local uploaded
            rename uploaded sub/renamed
            -put \(directory.path)/local ../other/file
            -put \(directory.path)/local \(other)/new
            -get ../other/file \(directory.path)/got
            -ls \(other)
            """
        try Files.write(batch.utf8, to: "\(directory.path)/batch")
        let server = "\(program) \(own) execute /usr/lib/openssh/sftp-server -d \(own) -e -l ERROR -u 077"
        let output = try Peer.run("sftp", ["-b", "\(directory.path)/batch", "-D", server])
        #expect(output.split(separator: "\n").count { $0.contains("Permission denied") } == 4, "\(output)")
        #expect(try content("\(own)/sub/renamed") == "from here")
        #expect(try content("\(other)/file") == "old")
        #expect(try Files.list(other) == ["file", "sub"])
    }
}
