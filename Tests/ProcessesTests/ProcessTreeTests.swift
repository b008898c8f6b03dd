import Files
import Glibc
import Processes
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProcessTreeTests {
    private func shell(_ script: String) -> Invocation {
        Invocation(
            Program(path: "/bin/sh"), ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func mergesErrorsIntoTheOutputInTheirOrder() throws {
        var invocation = shell("echo a; echo b >&2; echo c")
        invocation.errors = .merged
        let output = try Process.run(invocation, within: .seconds(30))
        #expect(output.text == "a\nb\nc\n")
        #expect(output.exit.errors == [])
    }

    @Test func endsTheOutputWithTheProcessWhereAskedTo() throws {
        // The child holds the output open for longer than the test may take.
        var invocation = shell("setsid sleep 300 & echo $!; echo last; exit 3")
        invocation.outputEnd = .exited
        let process = try Process.start(invocation)
        var output: [UInt8] = []
        while case let more = try process.read(upTo: 100), !more.isEmpty { output += more }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        #expect(lines.last == "last")
        #expect(try process.wait().status == .exited(3))
        ProcessTree.kill(try #require(lines.first.flatMap { Int32($0) }))
    }

    @Test func killsDescendantsInSessionsOfTheirOwn() throws {
        let mark = "1\(getpid())"
        let process = try Process.start(
            shell("setsid sh -c 'setsid sleep \(mark).25 & exec sleep \(mark).5' & echo started; wait"))
        #expect(try process.read(upTo: 100) == Array("started\n".utf8))
        while ProcessTree.processes(withCommandContaining: "sleep \(mark).").count < 2 { sched_yield() }
        process.killTree()
        #expect(try process.wait().status == .signalled(SIGKILL))
        #expect(ProcessTree.processes(withCommandContaining: "sleep \(mark).") == [])
        // Once more changes nothing, though the number may be another's by now.
        process.killTree()
    }

    @Test func knowsItsAccount() throws {
        let account = try #require(Account.current)
        let output = try Peer.run("sh", ["-c", "id -un; id -u; getent passwd \"$(id -u)\" | cut -d : -f 7"])
        #expect(output == "\(account.name)\n\(account.number)\n\(account.shell)\n")
        #expect(account.isRoot == (geteuid() == 0))
    }
}
