import Files
import Glibc
import Processes
import TestSupport
import Testing

/// A POSIX shell with the given script and arguments, in an environment that holds `PATH` only.
private func shell(_ script: String, _ arguments: String...) throws -> Invocation {
    Invocation(
        try Program.find("sh", in: "/usr/bin:/bin"), ["-c", script, "sh"] + arguments,
        environment: ["PATH": "/usr/bin:/bin"])
}

private func run(_ invocation: Invocation) throws -> Process.Output {
    try Process.run(invocation, within: .seconds(30))
}

/// Whether a process with this id runs; one that ended and waits to be reaped does not.
private func isRunning(_ id: Int32) throws -> Bool {
    guard let statistics = try? Files.read("/proc/\(id)/stat") else { return false }
    let afterName = String(decoding: statistics, as: UTF8.self).split(separator: ")").last ?? ""
    return !afterName.hasPrefix(" Z")
}

@Suite(.timeLimit(.minutes(10))) struct ProcessTests {
    @Test func handsOverArgumentsAndTheWholeEnvironmentUnchanged() throws {
        var invocation = try shell(#"printf '%s\n' "$@"; env"#, "a b", "", "*", "ü")
        invocation.environment["NAME"] = "value=with\nnewline"
        let output = try run(invocation).text
        #expect(output.hasPrefix("a b\n\n*\nü\n"))
        let rest = output.dropFirst("a b\n\n*\nü\n".count).split(separator: "\n").filter { !$0.hasPrefix("_=") }
        #expect(rest.sorted() == ["NAME=value=with", "PATH=/usr/bin:/bin", "PWD=\(currentDirectory())", "newline"])
    }

    @Test func startsInTheGivenDirectory() throws {
        let directory = try TemporaryDirectory()
        var invocation = try shell("pwd -P")
        invocation.directory = directory.path
        #expect(try run(invocation).text == "\(directory.path)\n")
    }

    @Test func inheritsNoDescriptorAndNoSignalSetting() throws {
        // A descriptor without close-on-exec, and a blocked and an ignored signal.
        let stray = dup(0)
        defer { close(stray) }
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGUSR1)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)
        defer { unsafe pthread_sigmask(SIG_UNBLOCK, &blocked, nil) }
        signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, SIG_DFL) }
        let output = try run(shell("ls /proc/self/fd; grep -E 'Sig(Blk|Ign)' /proc/self/status")).text
        // 3 is the directory that `ls` reads; glibc ignores 32 and 33, which are its own.
        #expect(output == "0\n1\n2\n3\nSigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n")
    }

    @Test func runsInASessionOfItsOwn() throws {
        let process = try Process.start(shell("cut -d ' ' -f 5,6 /proc/$$/stat"))
        #expect(try process.read(upTo: 100) == Array("\(process.id) \(process.id)\n".utf8))
    }

    @Test(arguments: [(0, true), (1, false), (77, false)])
    func tellsTheExitStatus(_ status: Int32, _ isSuccess: Bool) throws {
        let exit = try run(shell("exit \(status)")).exit
        #expect(exit.status == .exited(status))
        #expect(exit.isSuccess == isSuccess)
    }

    @Test func tellsTheSignalThatEndedIt() throws {
        let exit = try run(shell("kill -KILL $$")).exit
        #expect(exit.status == .signalled(SIGKILL))
        let error = #expect(throws: ProcessError.self) { try exit.requireSuccess() }
        #expect(error?.code == .failed(.signalled(SIGKILL)))
    }

    @Test func tellsTheUsedResources() throws {
        let usage = try run(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")).exit.usage
        #expect(usage.userTime + usage.systemTime > .zero)
        // It begins with the pages of this process, so there is no upper bound to expect.
        #expect(usage.maximumResidentBytes > 500_000)
    }

    @Test func keepsTheLastLineOfTheStandardErrorOutOfTheMessage() throws {
        let exit = try run(shell("echo first >&2; echo 'secret: /home/x' >&2; echo '  ' >&2; exit 3")).exit
        let error = #expect(throws: ProcessError.self) { try exit.requireSuccess() }
        #expect(error?.lastErrorLine == "secret: /home/x")
        #expect(error?.description == "sh ended with status 3, expected 0")
    }

    @Test func keepsOnlyTheEndOfALargeStandardError() throws {
        var invocation = try shell("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo out; echo last >&2")
        invocation.errors = .captured(limit: 1000)
        let output = try run(invocation)
        #expect(output.text == "out\n")
        #expect(output.exit.errors.count == 1000)
        #expect(output.exit.lastErrorLine.hasSuffix("xxlast"))
    }

    @Test func feedsLargeInputWhileOutputIsRead() throws {
        let input = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        var invocation = try shell("cat")
        invocation.input = .bytes(input)
        #expect(try run(invocation).bytes == input)
    }

    @Test func noInputAtAllEndsAtOnce() throws {
        var invocation = try shell("cat; echo done")
        invocation.input = .bytes([])
        #expect(try run(invocation).text == "done\n")
    }

    @Test func aProgramThatReadsNoInputIsNoFailure() throws {
        var invocation = try shell("exec 0<&-; echo done")
        invocation.input = .bytes([UInt8](repeating: 0, count: 1 << 20))
        let output = try run(invocation)
        #expect(output.text == "done\n")
        #expect(output.exit.isSuccess)
    }

    @Test func conversesThroughPipes() throws {
        var invocation = try shell("while read line; do echo \"<$line>\"; done; echo end")
        invocation.input = .pipe
        let process = try Process.start(invocation)
        for word in ["one", "two"] {
            try process.write(Array("\(word)\n".utf8))
            #expect(try process.read(upTo: 100) == Array("<\(word)>\n".utf8))
        }
        process.closeInput()
        #expect(try process.read(upTo: 100) == Array("end\n".utf8))
        #expect(try process.read(upTo: 100).isEmpty)
        #expect(try process.wait().isSuccess)
    }

    @Test func writesMoreThanThePipesHoldToAProgramThatAnswersAtOnce() throws {
        var invocation = try shell("cat")
        invocation.input = .pipe
        let process = try Process.start(invocation)
        let block = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try process.write(block)
        process.closeInput()
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 10_000)
        while case let count = try process.read(into: &buffer), count > 0 { answer += buffer[..<count] }
        #expect(answer == block)
    }

    @Test func writingToAProgramThatEndedIsAnError() throws {
        var invocation = try shell("exit 0")
        invocation.input = .pipe
        let process = try Process.start(invocation)
        #expect(try process.read(upTo: 1).isEmpty)
        let error = #expect(throws: ProcessError.self) {
            try process.write([UInt8](repeating: 0, count: 1 << 20))
        }
        #expect(error?.code == .communication)
    }

    @Test func readsAndWritesGivenDescriptors() throws {
        let directory = try TemporaryDirectory()
        try Files.write(Array("content".utf8), to: "\(directory.path)/in")
        do {
            let input = try Descriptor("\(directory.path)/in", .read)
            let output = try Descriptor("\(directory.path)/out", .createNew(permissions: 0o600))
            var invocation = try shell("cat")
            invocation.input = .descriptor(input.raw)
            invocation.output = .descriptor(output.raw)
            #expect(try run(invocation).exit.isSuccess)
        }
        #expect(try Files.read("\(directory.path)/out") == Array("content".utf8))
    }

    @Test func waitingDropsOutputThatNobodyReads() throws {
        let process = try Process.start(shell("head -c 1000000 /dev/zero; echo end >&2"))
        let exit = try process.wait()
        #expect(exit.isSuccess)
        #expect(exit.lastErrorLine == "end")
        #expect(try process.wait().status == exit.status)
    }

    @Test func endsTheGroupWhenTheProcessHasEnded() throws {
        // The one left behind holds both pipes open.
        let process = try Process.start(shell("sleep 600 & echo $!"))
        let left = try #require(Int32(String(decoding: process.read(upTo: 100), as: UTF8.self).dropLast()))
        #expect(try process.wait().isSuccess)
        while try isRunning(left) { sched_yield() }
    }

    @Test func terminatesGentlyAtFirst() throws {
        let process = try Process.start(shell("trap 'exit 9' TERM; echo ready; while :; do sleep 600 & wait $!; done"))
        _ = try process.read(upTo: 100)
        process.terminate(grace: .seconds(60))
        #expect(try process.wait().status == .exited(9))
    }

    @Test func killsWhatDoesNotEnd() throws {
        let process = try Process.start(shell("trap '' TERM; echo ready; while :; do sleep 600; done"))
        _ = try process.read(upTo: 100)
        process.terminate(grace: .milliseconds(50))
        #expect(try process.wait().status == .signalled(SIGKILL))
        process.send(.terminate)
    }

    @Test func killsAProgramThatNobodyHoldsAnyMore() throws {
        let id = try Process.start(shell("exec sleep 600")).id
        #expect(try !isRunning(id))
    }

    @Test func aReaderIsReleasedWhenAnotherThreadTerminates() async throws {
        let process = try Process.start(shell("echo ready; exec sleep 600"))
        _ = try process.read(upTo: 100)
        async let end = Task.detached { try process.read(upTo: 100) }.value
        process.terminate(grace: .seconds(60))
        #expect(try await end.isEmpty)
        #expect(try process.wait().status == .signalled(SIGTERM))
    }
}

@Suite(.timeLimit(.minutes(10))) struct ProcessLimitTests {
    @Test func endsAProgramThatTakesTooLong() throws {
        let invocation = try shell("echo working >&2; while :; do echo x; sleep 0.01; done")
        let error = #expect(throws: ProcessError.self) { try Process.run(invocation, within: .milliseconds(300)) }
        #expect(error?.code == .timedOut)
        #expect(error?.lastErrorLine == "working")
    }

    @Test func endsAProgramThatFallsSilent() throws {
        var invocation = try shell("echo x; exec sleep 600")
        invocation.timeLimits.silence = .milliseconds(200)
        let process = try Process.start(invocation)
        #expect(try process.read(upTo: 10) == Array("x\n".utf8))
        let error = #expect(throws: ProcessError.self) { try process.read(upTo: 10) }
        #expect(error?.code == .timedOut)
        #expect(try process.wait().status == .signalled(SIGTERM))
    }

    @Test func endsAProgramThatWritesTooMuch() throws {
        let error = #expect(throws: ProcessError.self) {
            try Process.run(try shell("yes"), within: .seconds(60), outputLimit: 1 << 20)
        }
        #expect(error?.code == .outputTooLarge)
    }

    @Test func tellsAMissingProgramWithAdvice() throws {
        let error = #expect(throws: ProcessError.self) { try Program.find("no-such-program", in: "/usr/bin:/bin") }
        #expect(error?.code == .notFound)
        #expect(error?.advice == "Install no-such-program, or add its directory to PATH.")
    }

    @Test func tellsWhyAProgramDoesNotStart() throws {
        let directory = try TemporaryDirectory()
        let missing = Invocation(Program(path: "\(directory.path)/none"), ["private"], environment: [:])
        #expect(#expect(throws: ProcessError.self) { try Process.start(missing) }?.code == .notFound)
        try Files.write(Array("text".utf8), to: "\(directory.path)/text", permissions: 0o755)
        let text = Invocation(Program(path: "\(directory.path)/text"), ["private"], environment: [:])
        let error = #expect(throws: ProcessError.self) { try Process.start(text) }
        #expect(error?.code == .notStarted)
        #expect(error?.description == "cannot start text: Exec format error")
        var elsewhere = try shell("pwd")
        elsewhere.directory = "\(directory.path)/none"
        #expect(
            #expect(throws: ProcessError.self) { try Process.start(elsewhere) }?.reason
                == "its working directory cannot be entered")
    }

    @Test func findsTheFirstExecutableOfTheSearchPath() throws {
        let directory = try TemporaryDirectory()
        for (place, permissions) in [("one", UInt32(0o644)), ("two", 0o755), ("three", 0o755)] {
            try Files.makeDirectory("\(directory.path)/\(place)")
            try Files.write(Array("#!/bin/sh\n".utf8), to: "\(directory.path)/\(place)/tool", permissions: permissions)
        }
        let path = ["one", "two", "three"].map { "\(directory.path)/\($0)" }.joined(separator: ":")
        #expect(try Program.find("tool", in: "relative:\(path)").path == "\(directory.path)/two/tool")
    }
}

private func currentDirectory() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
}
