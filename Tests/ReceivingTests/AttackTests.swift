import ControllerAPI
import Files
import Glibc
import Receiving
import ReceivingTestSupport
import TestSupport
import Testing

/// What an agent may not do. After each attempt all is as it was.
@Suite(.timeLimit(.minutes(10))) struct AttackTests {
    @Test func refusesToLeaveTheDirectory() async throws {
        let peer = try ReceivingPeer([.a, .b])
        try await peer.serve {
            for agent in [AgentKey.a, .b] {
                #expect(try peer.sftp(agent, "mkdir export/P", "put ../local export/P/000.cms").status == 0)
            }
            let own = peer.state.incoming(.a)
            let outside = "\(peer.directory.path)/outside"
            try Files.makeDirectory(outside)
            try Files.write("outside".utf8, to: "\(outside)/file")
            // Larger than anything it could be the continuation of.
            try Files.write([UInt8](repeating: 0, count: 1 << 20), to: "\(peer.directory.path)/large")
            // Links that somebody else has put there.
            #expect(unsafe symlink("/etc/passwd", "\(own)/export/passwd") == 0)
            #expect(unsafe symlink(outside, "\(own)/export/outside") == 0)
            #expect(unsafe symlink("\(outside)/file", "\(own)/export/file") == 0)
            let before = try Snapshot(peer.directory.path, without: "./work")

            let state = peer.state.path
            var attempts: [String] = []
            // Should the product fail one day, the tests may run as root: what changes or removes something is tried
            // below the test's own directory only, absolute paths included. The system's files are but read.
            for place in [
                "..", "../..", "../../..", "../BBB", "../BBB/export", "../BBB/export/P", state, outside,
                "export/outside", "update", ".",
            ] {
                attempts += ["put ../local \(place)/new", "mkdir \(place)/new", "rename export/P/000.cms \(place)/new"]
            }
            for place in [
                "..", "../..", "../BBB", "../BBB/export", "../BBB/export/P", "\(state)/ssh", outside, "export/outside",
                "/", "/etc", "/tmp", "/proc/self", "/proc/self/fd",
            ] {
                attempts += ["ls \(place)"]
            }
            for path in [
                "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/self/root/etc/passwd", "/proc/self/exe",
                "export/passwd",
            ] {
                attempts += ["get \(path)"]
            }
            for path in [
                "../BBB/export/P/000.cms", "../../../ssh/ssh_host_ed25519_key", "\(state)/ssh/authorized_keys",
                "\(outside)/file", "export/outside/file", "export/file",
            ] {
                attempts += [
                    "get \(path)", "put ../local \(path)", "reput ../large \(path)", "chmod 777 \(path)",
                    "chmod 000 \(path)", "chown 1 \(path)", "chgrp 1 \(path)", "ln \(path) export/new",
                    "copy \(path) export/new",
                ]
                // A link in the own directory is the agent's to rename and remove.
                if path != "export/file" { attempts += ["rm \(path)", "rename \(path) export/new"] }
            }
            for target in ["/etc/passwd", outside, "..", "../BBB/export/P/000.cms", "P/000.cms"] {
                attempts += ["symlink \(target) export/new"]
            }
            attempts += [
                "rmdir export", "rmdir update", "rmdir ../BBB", "rename export new", "rename ../BBB export/new",
                "rename export/P ../BBB/export/Q", "chmod 777 export/P/000.cms", "chmod 777 .",
            ]
            // One session for all: with `-` before it a command may fail. What the client says follows its echo.
            let result = try peer.sftp(.a, attempts.map { "-\($0)" })
            #expect(result.status == 0)
            let answers = result.output.answers(after: "sftp> -")
            #expect(answers.count == attempts.count)
            for (attempt, answer) in zip(attempts, answers) {
                let refusals = [
                    "Permission denied", "Failure", "No such file or directory", "Operation unsupported",
                    "Server does not support", "not found",
                ]
                #expect(answer.hasPrefix(attempt) && refusals.contains { answer.contains($0) }, "\(answer)")
            }
            #expect(try Snapshot(peer.directory.path, without: "./work").description == before.description)
            #expect(!Shell.run("cat \"$1\"/* | grep root:", "\(peer.directory.path)/work").output.contains("root:"))
            // What is in the own directory is the agent's to remove, the links too.
            #expect(try peer.sftp(.a, "rm export/passwd", "rm export/P/000.cms", "rmdir export/P").status == 0)
        }
    }

    @Test func refusesEverythingButFileTransfer() async throws {
        let peer = try ReceivingPeer([.a])
        let target = "\(peer.directory.path)/touched"
        try await peer.serve {
            #expect(try peer.sftp(.a, "ls").status == 0)
            let before = try Snapshot(peer.directory.path, without: "./work")
            let refusal = "controller receive: request: expected file transfer by SFTP or scp, found"
            let shell = try peer.ssh(.a, ["-T"])
            #expect(shell.status == 1 && shell.output == "\(refusal) a shell\n", "\(shell.output)")
            let commands = [
                "touch \(target)", "internal-sftp; touch \(target)", "internal-sftp\ntouch \(target)",
                "internal-sftp -d /",
                "internal-sftp ", "/usr/lib/openssh/sftp-server -d /", "$(touch \(target))", "`touch \(target)`",
                "scp -f /etc/passwd", "scp -t ~/../x", "scp -t ~/$(touch \(target))", "scp -t ~/`touch \(target)`",
                "scp -t ~/x | touch \(target)", "scp -t ~/x\ntouch \(target)", "scp -f ~/..", "scp -S /bin/sh -t ~/x",
                "scp -t ~/x; touch \(target)", "scp -t ~/x && touch \(target)", "scp -t ~root/x", "/bin/sh",
                "git-upload-pack '~/x'",
            ]
            for command in commands {
                let result = try peer.ssh(.a, [], [command])
                #expect(result.status == 1 && result.output == "\(refusal) another command\n", "\(result.output)")
            }
            // A terminal is refused first, then the shell.
            let terminal = try peer.ssh(.a, ["-tt"])
            #expect(terminal.status != 0 && terminal.output.contains("PTY allocation request failed"), "\(terminal)")
            #expect(try peer.ssh(.a, ["-s"], ["shell"]).output.contains("subsystem request failed"))
            // Variables of the client are not taken over.
            let environment = try peer.ssh(.a, ["-T", "-o", "SetEnv=SSH_ORIGINAL_COMMAND=internal-sftp LD_PRELOAD=/x"])
            #expect(environment.status == 1 && environment.output == "\(refusal) a shell\n")
            #expect(try Snapshot(peer.directory.path, without: "./work").description == before.description)
        }
    }

    @Test func refusesForwarding() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {
            // To the server's own port, which does answer.
            let local = try peer.ssh(.a, ["-W", "127.0.0.1:\(peer.port)"])
            #expect(local.status != 0 && local.output.contains("administratively prohibited"), "\(local.output)")
            let stop = ["-N", "-o", "ExitOnForwardFailure=yes"]
            let remote = try peer.ssh(.a, stop + ["-R", "127.0.0.1:0:127.0.0.1:\(peer.port)"])
            #expect(remote.status != 0 && remote.output.contains("remote port forwarding failed"), "\(remote.output)")
            let socket = try peer.ssh(.a, stop + ["-R", "\(peer.directory.path)/socket:127.0.0.1:\(peer.port)"])
            #expect(socket.status != 0 && socket.output.contains("remote port forwarding failed"), "\(socket.output)")
            #expect(try Files.status("\(peer.directory.path)/socket") == nil)
        }
    }

    @Test func letsInOnlyThoseWhoAreAuthorizedNow() async throws {
        let peer = try ReceivingPeer([.a, .b])
        try await peer.serve {
            #expect(try peer.sftp(.b, "ls").status == 0)
            try peer.authorize([.a])
            let refused = try peer.sftp(.b, "put ../local export/new")
            #expect(refused.status != 0 && refused.output.contains("Permission denied (publickey)"))
            #expect(try peer.sftp(.a, "ls").status == 0)
            #expect(try Files.list("\(peer.state.incoming(.b))/export") == [])
            try peer.authorize([.a, .b])
            #expect(try peer.sftp(.b, "ls").status == 0)
        }
    }

    @Test func offersNoOtherWayIn() async throws {
        let peer = try ReceivingPeer([.a])
        try await peer.serve {
            let methods = try peer.ssh(.a, ["-o", "PreferredAuthentications=none"])
            #expect(methods.output.contains("Permission denied (publickey)."))
            let other = try peer.ssh(.a, ["-l", "nobody"])
            // The first name counts.
            #expect(other.output.contains("nobody@127.0.0.1: Permission denied (publickey)."), "\(other.output)")
        }
    }

    @Test(arguments: [ENOSYS, EOPNOTSUPP, EPERM])
    func servesNothingWhereItCannotBeConfined(number: Int32) throws {
        let peer = try ReceivingPeer([.a])
        let words = try [BuiltProgram.path("ReceiveProbe"), "receive", "--state", peer.state.path, "--agent", "AAA"]
        let result = try WithoutLandlock.run(
            number, ["/usr/bin/env", "SSH_ORIGINAL_COMMAND=internal-sftp"] + words, in: peer.directory)
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("controller receive: this process cannot be confined"))
    }

    @Test(arguments: ["", "aaa", "../BBB", "AAA/../BBB", "A B", "AAAAAAAAAAAAAAAAAAAAAAAA"])
    func acceptsNothingButAKeyAsAgent(text: String) throws {
        let peer = try ReceivingPeer([])
        let result = Shell.run(
            "SSH_ORIGINAL_COMMAND=internal-sftp \"$1\" receive --state \"$2\" --agent \"$3\"",
            try BuiltProgram.path("ReceiveProbe"), peer.state.path, text)
        #expect(result.status == 1 && result.output.hasPrefix("controller receive: agent key: expected"))
        #expect(try Files.list(peer.state.incoming) == [])
    }

    @Test func doesNotFollowALinkInPlaceOfTheDirectory() throws {
        let peer = try ReceivingPeer([])
        try Files.makeDirectory("\(peer.directory.path)/elsewhere")
        #expect(unsafe symlink("\(peer.directory.path)/elsewhere", "\(peer.state.incoming)/AAA") == 0)
        #expect(throws: ReceivingError.self) {
            try ReceiveSession.run(state: peer.state.path, agent: "AAA", originalCommand: "internal-sftp")
        }
        #expect(try Files.list("\(peer.directory.path)/elsewhere") == [])
    }
}

extension String {
    /// What follows each of the marks, up to the next.
    fileprivate func answers(after mark: String) -> [String] {
        var parts: [String] = []
        for line in split(whereSeparator: \.isNewline) {
            if line.hasPrefix(mark) {
                parts.append(String(line.dropFirst(mark.count)))
            } else if let last = parts.popLast() {
                parts.append("\(last)\n\(line)")
            }
        }
        return parts
    }
}
