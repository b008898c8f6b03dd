import ControllerAPI
import Cryptography
import Files
import Glibc
import Logging
import Processes
import Receiving
import ReceivingTestSupport
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReceivingServerTests {
    @Test func makesItsKeyOnceForItsOwnerOnly() throws {
        let peer = try ReceivingPeer([.a])
        #expect(try peer.state.prepare() == peer.hostKey)
        #expect(try Files.status(peer.state.sshDirectory)?.permissions == 0o700)
        for path in [peer.state.hostKeyPath, peer.state.authorizedKeysPath] {
            #expect(try Files.status(path)?.permissions == 0o600)
        }
        let shown = try Peer.run("ssh-keygen", ["-l", "-f", peer.state.hostKeyPath])
        #expect(shown.contains(peer.hostKey.fingerprint))
    }

    @Test func writesALineForEachAgent() throws {
        let peer = try ReceivingPeer([.b, .a])
        let text = String(decoding: try Files.read(peer.state.authorizedKeysPath), as: UTF8.self)
        let program = try BuiltProgram.path("ReceiveProbe")
        var expected = ""
        for agent in [AgentKey.a, .b] {
            let key = try PublicKey(openSSH: #require(peer.keys[agent]).publicKey)
            expected +=
                "restrict,command=\"'\(program)' receive --state '\(peer.state.path)' --agent \(agent)\" "
                + "\(key.openSSH()) \(agent)\n"
        }
        #expect(text == expected)
    }

    @Test func theListSaysOfWhichChangeItIs() throws {
        let peer = try ReceivingPeer([.a])
        let login = Login([try LoginKey(openSSH: #require(peer.keys[.a]).publicKey)])
        #expect(try peer.state.authorizedChanges() == nil)
        try peer.state.authorize([.a: login], controller: "/usr/bin/controller", changes: 17)
        #expect(try peer.state.authorizedChanges() == 17)
        #expect(try peer.state.authorizedAgents() == [.a])
    }

    @Test(arguments: ["relative", "/a'b", "/a\"b", "/a\\b", "/a\nb", "/a\rb", "/a$b", "/a`b", "/a\u{7F}b", ""])
    func refusesPathsThatCouldMeanSomethingElse(path: String) throws {
        #expect(throws: ReceivingError.self) { try ReceivingState(path) }
        let peer = try ReceivingPeer([.a])
        let before = try Files.read(peer.state.authorizedKeysPath)
        let login = Login([try LoginKey(openSSH: #require(peer.keys[.a]).publicKey)])
        #expect(throws: ReceivingError.self) { try peer.state.authorize([.a: login], controller: path) }
        #expect(try Files.read(peer.state.authorizedKeysPath) == before)
    }

    @Test func refusesOneKeyForTwoAgents() throws {
        let peer = try ReceivingPeer([.a])
        let login = Login([try LoginKey(openSSH: #require(peer.keys[.a]).publicKey)])
        do {
            try peer.state.authorize([.a: login, .b: login], controller: "/usr/bin/controller")
            Issue.record("both are let in")
        } catch { #expect(error.code == .sharedKey) }
    }

    @Test func startsAgainWhenTheServerEnds() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {
            #expect(try peer.sftp(.a, "ls").status == 0)
            let server = try #require(
                ProcessTree.processes(withCommandContaining: " -f \(peer.state.configurationPath) -D ").first)
            kill(server, SIGKILL)
            while try peer.sftp(.a, "ls").status != 0 { await Task.yield() }
            #expect(peer.log.messages.contains("the SSH server ended and is started again"))
            #expect(peer.log.lines.count { $0.hasPrefix("Server listening on 127.0.0.1 port \(peer.port)") } == 2)
        }
    }

    @Test func endsWithAllItsSessions() async throws {
        let peer = try ReceivingPeer([.a])
        let options = try peer.options(.a, portOption: "-P")
        // A session that outlasts the server: its client's commands come from a pipe that stays open.
        let client = Mutex<Peer?>(nil)
        try await peer.serve {
            try client.withLock { $0 = try Peer("sftp", options + ["-b", "-", "\(peer.user)@127.0.0.1"]) }
            while ProcessTree.processes(withCommandContaining: "-d \(peer.state.incoming(.a)) ").isEmpty {
                await Task.yield()
            }
        }
        client.withLock { $0 = nil }
        #expect(ProcessTree.processes(withCommandContaining: "-d \(peer.state.incoming(.a)) ") == [])
        #expect(ProcessTree.processes(withCommandContaining: peer.state.configurationPath) == [])
        #expect(try peer.sftp(.a, "ls").output.contains("Connection refused"))
        // And again, at the same place with the same key.
        try await peer.serve {
            let result = try peer.sftp(.a, "ls")
            #expect(result.status == 0)
        }
    }

    @Test func endsTheServerOfAControllerThatWasKilled() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {}
        let leftover = try Peer("/usr/sbin/sshd", ["-f", peer.state.configurationPath, "-D", "-e"])
        _ = try leftover.line(containing: "Server listening")
        try await peer.serve {
            let result = try peer.sftp(.a, "ls")
            #expect(result.status == 0)
        }
        #expect(leftover.wait() == 128 + SIGKILL)
        #expect(peer.log.messages.contains("ending the SSH server of a controller that was killed"))
    }

    @Test func saysWhyItCannotBegin() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {
            let second = try ReceivingState("\(peer.directory.path)/second")
            _ = try second.prepare()
            let server = ReceivingServer(
                .init(address: "127.0.0.1", port: peer.port), state: second, logger: Logger([]))
            do {
                try await server.run { Issue.record("listens") }
                Issue.record("ran")
            } catch let error as ReceivingError {
                #expect(error.code == .notListening)
                #expect(error.cause == .server("Cannot bind any address."))
            }
        }
    }

    @Test func logsWhoLoggedInAndNoSecret() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {
            let result = try peer.sftp(.a, "ls")
            #expect(result.status == 0)
        }
        let fingerprint = try PublicKey(openSSH: #require(peer.keys[.a]).publicKey).fingerprint
        #expect(peer.log.lines.contains { $0.contains("Accepted publickey") && $0.contains(fingerprint) })
    }
}
