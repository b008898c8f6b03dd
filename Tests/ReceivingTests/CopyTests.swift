import ControllerAPI
import Files
import Glibc
import Processes
import ReceivingTestSupport
import Synchronization
import TestSupport
import Testing

@testable import Receiving

/// The older copy protocol, spoken by OpenSSH's own client.
@Suite(.timeLimit(.minutes(10))) struct CopyTests {
    private func text(_ path: String) throws -> String { String(decoding: try Files.read(path), as: UTF8.self) }

    @Test(arguments: ["ed25519", "rsa", "ecdsa"])
    func takesFilesAndGivesTrackers(kind: String) async throws {
        let peer = try ReceivingPeer([.a], keys: kind)
        let local = peer.directory.path
        let large = [UInt8](repeating: 7, count: 3_000_001)
        try Files.write(large, to: "\(local)/large")
        try Files.write([], to: "\(local)/empty")
        try await peer.serve {
            let up = try peer.scp(
                .a, ["../local", "../local2", "../large", "../empty", peer.remote("~/export/PROJ/")])
            #expect(up.status == 0, "\(up.output)")
            let own = peer.state.incoming(.a)
            #expect(try Files.list("\(own)/export/PROJ").sorted() == ["empty", "large", "local", "local2"])
            #expect(try Files.read("\(own)/export/PROJ/large") == large)
            // One file, and a new version of it.
            try Files.write("newer\n".utf8, to: "\(local)/local")
            let one = try peer.scp(.a, ["-v", "../local", peer.remote("~/export/PROJ/")])
            #expect(one.status == 0, "\(one.output)")
            #expect(try text("\(own)/export/PROJ/local") == "newer\n")

            try Files.makeDirectory("\(own)/update/PROJ")
            for name in ["a.txt", "b.json"] { try Files.write("\(name)\n".utf8, to: "\(own)/update/PROJ/\(name)") }
            // As the reference's agents ask: one argument, braces hidden from the local shell, files that are not there.
            let down = try peer.scp(
                .a, ["-T", peer.remote(#"~/update/PROJ/\{a.txt,missing.txt,b.json\}"#), "."])
            #expect(down.output.contains("No such file or directory"), "\(down.output)")
            #expect(try text("\(local)/work/a.txt") == "a.txt\n")
            #expect(try text("\(local)/work/b.json") == "b.json\n")
            let all = try peer.scp(.a, ["-T", peer.remote("~/update/PROJ/{a.txt,b.json}"), "."])
            #expect(all.status == 0, "\(all.output)")
        }
    }

    @Test func newerClientsUseSFTPForTheSame() async throws {
        let peer = try ReceivingPeer([.a])
        var terms = ReceiveSession.Terms()
        terms.isLegacy = true
        try peer.authorize([.a], terms)
        try await peer.serve {
            let own = peer.state.incoming(.a)
            try Files.makeDirectory("\(own)/export/PROJ", permissions: 0o700)
            try Files.makeDirectory("\(own)/update/PROJ")
            try Files.write("tracker\n".utf8, to: "\(own)/update/PROJ/a.txt")
            let up = try peer.scp(.a, ["../local", "../local2", peer.remote("export/PROJ/")], isOlder: false)
            #expect(up.status == 0, "\(up.output)")
            let down = try peer.scp(.a, [peer.remote("update/PROJ/a.txt"), "."], isOlder: false)
            #expect(down.status == 0, "\(down.output)")
            #expect(try text("\(peer.directory.path)/work/a.txt") == "tracker\n")
        }
    }

    @Test func staysInTheDirectory() async throws {
        let peer = try ReceivingPeer([.a, .b])
        let outside = "\(peer.directory.path)/outside"
        try Files.makeDirectory(outside)
        try Files.write("outside\n".utf8, to: "\(outside)/file")
        try await peer.serve {
            for agent in [AgentKey.a, .b] {
                #expect(try peer.scp(agent, ["../local", peer.remote("~/export/PROJ/")]).status == 0)
            }
            let own = peer.state.incoming(.a)
            #expect(unsafe symlink(outside, "\(own)/export/outside") == 0)
            #expect(unsafe symlink("\(outside)/file", "\(own)/export/file") == 0)
            let before = try Snapshot(peer.directory.path, without: "./work")
            for target in [
                "~/../BBB/export/PROJ/", "/tmp/", "\(outside)/", "~/export/outside/", "~/export/outside/new",
                "~/export/file", "~/update/", "~/update/new", "~/", "~/new", "~/export/PROJ/../../../BBB/export/new",
                "~root/", "$HOME/x", "~/export/PROJ/local/", "~/export/lower/", "~/export/A/B/",
            ] {
                let result = try peer.scp(.a, ["../local", peer.remote(target)])
                #expect(result.status != 0, "\(target): \(result.output)")
            }
            for source in [
                "/etc/passwd", "~/../BBB/export/PROJ/local", "~/export/outside/file", "~/export/file", "~/export/PROJ",
                "~/../../../ssh/authorized_keys", "\(outside)/file", "/proc/self/environ", "~/export/PROJ/*",
            ] {
                let result = try peer.scp(.a, ["-T", peer.remote(source), "got"])
                #expect(result.status != 0, "\(source): \(result.output)")
            }
            #expect(try Files.status("\(peer.directory.path)/work/got") == nil)
            let folder = try peer.scp(.a, ["-r", "../outside", peer.remote("~/export/PROJ/")])
            #expect(folder.status != 0)
            let after = try Snapshot(peer.directory.path, without: "./work").description
            #expect(after.split(separator: "\n").filter { !before.description.contains($0) } == [])
            #expect(after == before.description)
        }
    }

    @Test func aQuotaHoldsForBothProtocols() async throws {
        let peer = try ReceivingPeer([.a])
        var terms = ReceiveSession.Terms()
        terms.quota = 100_000
        try peer.authorize([.a], terms)
        try Files.write([UInt8](repeating: 1, count: 60_000), to: "\(peer.directory.path)/half")
        try await peer.serve {
            #expect(try peer.scp(.a, ["../half", peer.remote("~/export/PROJ/first")]).status == 0)
            let second = try peer.scp(.a, ["../half", peer.remote("~/export/PROJ/second")])
            #expect(second.status != 0)
            #expect(second.output.contains("the quota of this agent is used up"), "\(second.output)")
            #expect(try Files.list("\(peer.state.incoming(.a))/export/PROJ") == ["first"])
            #expect(try peer.sftp(.a, "put ../half export/PROJ/third").status == 0)
            let after = try peer.sftp(.a, "put ../half export/PROJ/fourth")
            #expect(after.status != 0, "\(after.output)")
            #expect(try Files.list("\(peer.state.incoming(.a))/export/PROJ").sorted() == ["first", "third"])
        }
    }

    @Test func shuttingAnAgentOutEndsItsSessions() async throws {
        let peer = try ReceivingPeer([.a, .b])
        let options = try peer.options(.a, portOption: "-P")
        let clients = Mutex<[Peer]>([])
        try await peer.serve {
            // A session that waits for its client's commands.
            let client = try Peer("sftp", options + ["-b", "-", "\(peer.user)@127.0.0.1"])
            clients.withLock { $0.append(client) }
            let session = " -d \(peer.state.incoming(.a)) "
            while ProcessTree.processes(withCommandContaining: session).isEmpty { await Task.yield() }
            try peer.authorize([.b])
            peer.state.endSessions(of: .a)
            #expect(ProcessTree.processes(withCommandContaining: session).isEmpty)
            // The client notices when it says something next.
            client.kill()
            #expect(try peer.sftp(.a, "ls").output.contains("Permission denied (publickey)"))
            #expect(try peer.sftp(.b, "ls").status == 0)
            // As one that is asked for on a connection from before.
            let late = Shell.run(
                "SSH_ORIGINAL_COMMAND=internal-sftp \"$1\" receive --state \"$2\" --agent AAA",
                try BuiltProgram.path("ReceiveProbe"), peer.state.path)
            #expect(late.status == 1 && late.output.contains("one that was shut out"), "\(late.output)")
        }
    }

    @Test(arguments: [
        ("scp -t ~/export/P", CopyRequest.Direction.receive, false, ["export/P"]),
        ("scp -t ~/export/P/", .receive, true, ["export/P"]),
        ("scp -v -d -t ~/export/P/", .receive, true, ["export/P"]),
        ("scp -vdt -- export/P", .receive, true, ["export/P"]),
        (#"scp -f ~/update/P/\{a,b\}"#, .send, false, ["update/P/a", "update/P/b"]),
        ("scp -f '~/update/P/a b'", .send, false, ["update/P/a b"]),
        ("scp -r -f ~/update/{P,Q}/{a,b}", .send, false, ["update/P/a", "update/P/b", "update/Q/a", "update/Q/b"]),
        ("scp -f ./update//P/./a ~/b", .send, false, ["update/P/a", "b"]),
    ])
    func understandsWhatTheClientsSend(
        command: String, direction: CopyRequest.Direction, needsDirectory: Bool, paths: [String]
    ) throws {
        let request = try #require(CopyRequest(command))
        #expect(request.direction == direction && request.needsDirectory == needsDirectory)
        #expect(request.paths == paths)
    }

    @Test(arguments: [
        "", "scp", "scp -t", "scp -f", "scp -t a b", "scp -x -t a", "scp -t -f a", "scp a b", "scp -t {a,b}",
        "scp -f {a",
        "scp -f a}", "scp -f {a,{b,c}}", "scp -f 'a", "scp -f a\\", "scp -f a*", "scp -f a?", "scp -f ~x/a",
        "scp -f '$(a)'",
        "scp -f {1,2,3,4,5,6,7,8}{1,2,3,4,5,6,7,8}{1,2,3,4,5,6,7,8}{1,2}", "SCP -f a", "/usr/bin/scp -f a",
        "scp\t-f\ta",
    ])
    func refusesWhatIsNoCopy(command: String) { #expect(CopyRequest(command) == nil) }

    @Test(arguments: [
        ("C0644 12 name", true), ("C0644 0 a b", true), ("C0644 -1 n", false), ("C0644 +1 n", false),
        ("C644 1 n", false),
        ("C0644 1 ..", false), ("C0644 1 .", false), ("C0644 1 a/b", false), ("C0644 1 ", false), ("C0644 x n", false),
        ("C0684 1 n", false), ("C0644 99999999999999999999 n", false),
    ])
    func readsHeaders(line: String, isGood: Bool) { #expect((CopyHeader(Array(line.utf8)) != nil) == isGood) }
}
