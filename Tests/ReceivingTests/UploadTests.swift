import ControllerAPI
import Cryptography
import Files
import Receiving
import ReceivingTestSupport
import SFTP
import TestSupport
import Testing

/// What an agent is there to do.
@Suite(.timeLimit(.minutes(10))) struct UploadTests {
    private func text(_ path: String) throws -> String { String(decoding: try Files.read(path), as: UTF8.self) }

    /// The second name has all that could be read as something else by the server, its files or a shell.
    @Test(arguments: ["state", "a state & (its) %h; #dir*"])
    func takesUploadsRenamesAndResumes(name: String) async throws {
        let peer = try ReceivingPeer([.a, .b], state: name)
        try await peer.serve {
            let result = try peer.sftp(
                .a, "mkdir export/AAA", "cd export/AAA", "put ../local 000.cms.part", "reput ../local2 000.cms.part",
                "ls -l", "rename 000.cms.part 000.cms", "mkdir sub", "rename 000.cms sub/000.cms", "put ../local2",
                "rm local2", "df")
            #expect(result.status == 0, "\(result.output)")
            let own = "\(peer.state.incoming(.a))/export/AAA"
            // `local2` is a byte longer than `local`: resuming adds what is missing at its end.
            #expect(try text("\(own)/sub/000.cms") == "content of local\n\n")
            #expect(try Files.list(own) == ["sub"])
            for path in [peer.state.incoming(.a), own, "\(own)/sub"] {
                #expect(try Files.status(path)?.permissions == 0o700)
            }
            #expect(try Files.status("\(own)/sub/000.cms").map { $0.permissions & 0o077 } == 0)
            // The other agent has the same names to itself.
            #expect(try peer.sftp(.b, "ls export/AAA").status != 0)
            #expect(try peer.sftp(.b, "mkdir export/AAA", "put ../local export/AAA/000.cms").status == 0)
            #expect(try text("\(peer.state.incoming(.b))/export/AAA/000.cms") == "content of local\n")
        }
    }

    @Test func servesTheAgentsOwnClient() async throws {
        let peer = try ReceivingPeer([.a])
        let content = [UInt8](repeating: 7, count: 5_000_000)
        let path = "\(peer.directory.path)/000.cms"
        try Files.write(content, to: path)
        let server = try SFTPServer(
            host: "127.0.0.1", port: UInt16(peer.port), user: peer.user, privateKey: #require(peer.keys[.a]).path,
            hostKeys: [HostKey(peer.hostKey.openSSH())])
        try await peer.serve {
            let connection = try await SFTPConnection.connect(server)
            try await connection.makeDirectory("export/AAA/1")
            try await connection.upload(path, to: "export/AAA/1/000.cms")
            try await connection.upload(path, to: "export/AAA/1/000.cms")
            #expect(try await connection.status("export/AAA/1/000.cms")?.size == content.count)
            #expect(try await connection.list("export/AAA/1").map(\.name) == ["000.cms"])
            await connection.close()
        }
        #expect(try Files.read("\(peer.state.incoming(.a))/export/AAA/1/000.cms") == content)
    }

    @Test func refusesAFileBeyondTheLimitAndGoesOn() async throws {
        let peer = try ReceivingPeer([.a])
        #expect(Shell.run("truncate -s 70M \"$1\"", "\(peer.directory.path)/large").status == 0)
        try await peer.serve {
            let result = try peer.sftp(.a, "-put ../large export/large", "put ../local export/small")
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("write remote \"\(peer.state.incoming(.a))/export/large\": Failure"))
        }
        #expect(try Files.status("\(peer.state.incoming(.a))/export/large").map { $0.size <= 64 << 20 } == true)
        #expect(try text("\(peer.state.incoming(.a))/export/small") == "content of local\n")
    }
}

extension AgentKey {
    /// Made of constants, which are keys.
    static let a = key("AAA")
    static let b = key("BBB")

    private static func key(_ text: String) -> AgentKey {
        do { return try AgentKey(text) } catch { preconditionFailure("\(error)") }
    }
}
