import Files
import SFTP
import TestSupport
import Testing

@Suite final class LegacyCopyTests {
    private let directory: TemporaryDirectory
    private let key: SecureShellKey
    private let remote: String
    /// Alive as long as the test.
    private var server: SecureShellServer?

    init() throws {
        directory = try TemporaryDirectory()
        key = try SecureShellKey(in: directory)
        remote = "\(directory.path)/remote"
        try Files.makeDirectory(remote)
    }

    private func connect(_ command: String = "/bin/bash -c \"$SSH_ORIGINAL_COMMAND\"") async throws -> SFTPConnection {
        let server = try SecureShellServer(
            in: directory, authorizedKeys: [key.publicKey], service: .command(command))
        self.server = server
        var target = try SFTPServer(
            host: "127.0.0.1", port: server.port, user: server.user, privateKey: key.path,
            hostKeys: server.hostKeys.map { line throws(SFTPError) in try HostKey(line) })
        target.stepTimeout = .seconds(20)
        return try await SFTPConnection.connect(target)
    }

    @Test func copiesBothWays() async throws {
        let connection = try await connect()
        let content = [UInt8](repeating: 0x61, count: 700_001)
        try Files.write(content, to: "\(directory.path)/a")
        try Files.write([], to: "\(directory.path)/b")
        try await connection.copy(
            [
                .init(path: "\(directory.path)/a", name: "one.json"),
                .init(path: "\(directory.path)/b", name: "two.json"),
            ],
            to: remote)
        #expect(try Files.read("\(remote)/one.json") == content)
        #expect(try Files.read("\(remote)/two.json").isEmpty)

        let local = "\(directory.path)/local"
        try Files.makeDirectory(local)
        let received = try await connection.copy(["one.json", "none.json", "two.json"], from: remote, into: local)
        #expect(received == ["one.json", "two.json"])
        #expect(try Files.list(local) == ["one.json", "two.json"])
        #expect(try Files.read("\(local)/one.json") == content)
        #expect(try await connection.copy(["none.json"], from: remote, into: local).isEmpty)
    }

    @Test func reportsWhatScpSays() async throws {
        let connection = try await connect()
        let file = LegacyFile(path: "/etc/hostname", name: "a")
        await #expect { try await connection.copy([file], to: "\(remote)/none/below") } throws: {
            ($0 as? SFTPError)?.code == .noSuchFile
        }
        try Files.write([UInt8](repeating: 0, count: 100), to: "\(remote)/large")
        await #expect { try await connection.copy(["large"], from: remote, into: remote, limit: 99) } throws: {
            ($0 as? SFTPError)?.code == .unusable
        }
    }

    @Test(arguments: ["a b", "$(id)", "../a", "a;b", "{a,b}", "-r", "", "a'b", "a\nb"])
    func sendsNothingThatAShellWouldInterpret(text: String) async throws {
        let connection = try await connect()
        let remote = remote
        for work in [
            { try await connection.copy([.init(path: "/etc/hostname", name: text)], to: remote) },
            { try await connection.copy([.init(path: "/etc/hostname", name: "a")], to: "~/\(text)") },
            { _ = try await connection.copy([text], from: remote, into: remote) },
        ] as [() async throws -> Void] {
            await #expect { try await work() } throws: { ($0 as? SFTPError)?.code == .unsupported }
        }
    }

    @Test(arguments: [#"printf 'C0644 3 ../evil\n'"#, #"printf 'C0644 3 other\n'"#, #"printf 'D0755 0 a\n'"#])
    func takesOnlyTheFilesItAskedFor(answer: String) async throws {
        let local = "\(directory.path)/local"
        try Files.makeDirectory(local)
        let connection = try await connect("\(answer); cat > /dev/null")
        await #expect { try await connection.copy(["a"], from: remote, into: local) } throws: {
            ($0 as? SFTPError)?.code == .unusable
        }
        #expect(try Files.list(local).isEmpty && Files.status("\(directory.path)/evil") == nil)
    }

    @Test(arguments: ["true", "echo hello"])
    func seesThatWhatAnswersIsNoScp(command: String) async throws {
        let connection = try await connect(command)
        await #expect {
            try await connection.copy([.init(path: "/etc/hostname", name: "a")], to: remote)
        } throws: { ($0 as? SFTPError)?.code == .noSFTP }
    }
}
