import Files
import Glibc
import SFTP
import Synchronization
import TestSupport
import Testing

@Suite struct SFTPConnectionTests {
    private let directory: TemporaryDirectory
    private let key: SecureShellKey
    private let home: String

    init() throws {
        directory = try TemporaryDirectory()
        key = try SecureShellKey(in: directory)
        home = "\(directory.path)/home"
        try Files.makeDirectory(home)
    }

    private func start(hostKeys: [String] = []) throws -> SecureShellServer {
        try SecureShellServer(
            in: directory, authorizedKeys: [key.publicKey], service: .sftp(directory: home), hostKeys: hostKeys)
    }

    private func target(_ server: SecureShellServer, hostKeys: [String]? = nil) throws -> SFTPServer {
        try SFTPServer(
            host: "127.0.0.1", port: server.port, user: server.user, privateKey: key.path,
            hostKeys: (hostKeys ?? server.hostKeys).map { line throws(SFTPError) in try HostKey(line) })
    }

    private func code(_ work: () async throws -> Void) async throws -> SFTPError.Code? {
        do {
            try await work()
            return nil
        } catch let error as SFTPError {
            return error.code
        }
    }

    private func file(_ count: Int) throws -> (path: String, content: [UInt8]) {
        var generator = SystemRandomNumberGenerator()
        let words = (0..<(count + 7) / 8).map { _ in generator.next() }
        let content = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        let path = "\(directory.path)/local-\(count)"
        try Files.write(content.prefix(count), to: path)
        return (path, Array(content.prefix(count)))
    }

    @Test(arguments: [0, 1, 5_000_001])
    func uploadsUnderATemporaryNameAndRenames(size: Int) async throws {
        let server = try start()
        let (path, content) = try file(size)
        let connection = try await SFTPConnection.connect(target(server))
        try await connection.makeDirectory("export/A/1")
        let seen = Counter()
        try await connection.upload(path, to: "export/A/1/000.cms") { seen.add($0) }
        #expect(try Files.read("\(home)/export/A/1/000.cms") == content)
        #expect(try await connection.list("export/A/1").map(\.name) == ["000.cms"])
        #expect(try await connection.status("export/A/1/000.cms") == RemoteStatus.file(size))
        #expect(seen.values == seen.values.sorted() && seen.values.last ?? 0 == size)
        // Again, over what is there.
        try await connection.upload(path, to: "export/A/1/000.cms")
        #expect(try await connection.list("export/A/1").map(\.name) == ["000.cms"])
        await connection.close()
        #expect(try await code { _ = try await connection.list(".") } == .connectionLost)
    }

    @Test func resumesWhatAnEarlierAttemptLeft() async throws {
        let server = try start()
        let (path, content) = try file(2_000_000)
        // Of another content, to see that the beginning is not sent again.
        let begun = [UInt8](repeating: 0, count: 1_500_000)
        try Files.write(begun, to: "\(home)/a.part")
        let connection = try await SFTPConnection.connect(target(server))
        let seen = Counter()
        try await connection.upload(path, to: "a") { seen.add($0) }
        #expect(seen.values.first == 1_500_000)
        #expect(try Files.read("\(home)/a") == begun + content[1_500_000...])
        // A longer one cannot be a beginning.
        try Files.write([UInt8](repeating: 0, count: 2_000_001), to: "\(home)/b.part")
        try await connection.upload(path, to: "b")
        #expect(try Files.read("\(home)/b") == content)
    }

    @Test func goesOnAfterTheServerDiedMidway() async throws {
        let server = try start()
        let (path, content) = try file(40_000_000)
        let connection = try await SFTPConnection.connect(target(server))
        let error = try await code {
            try await connection.upload(path, to: "big") { if $0 > 5_000_000 { server.kill() } }
        }
        #expect(error == .connectionLost)
        let left = try #require(try Files.status("\(home)/big.part")?.size)
        #expect(left >= 5_000_000 && left < 40_000_000)
        #expect(try await code { _ = try await connection.status("big") } != nil)

        let again = try start()
        let seen = Counter()
        try await SFTPConnection.connect(target(again)).upload(path, to: "big") { seen.add($0) }
        #expect(seen.values.first == left)
        #expect(try Files.read("\(home)/big", limit: 50_000_000) == content)
    }

    @Test func acceptsThePinnedHostKeyAmongOthers() async throws {
        let ecdsa = try SecureShellKey(in: directory, kind: "ecdsa")
        let ed25519 = try SecureShellKey(in: directory)
        let server = try start(hostKeys: [ed25519.path, ecdsa.path])
        // Each kind is asked for when it is the pinned one, whatever the server prefers.
        for pinned in [ecdsa, ed25519] {
            _ = try await SFTPConnection.connect(target(server, hostKeys: [pinned.publicKey])).status(".")
        }
        _ = try await SFTPConnection.connect(target(server, hostKeys: server.hostKeys)).status(".")
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func refusesAnotherHostKeyAndShowsBothFingerprints(kind: String) async throws {
        let server = try start()
        let pinned = try SecureShellKey(in: directory, kind: kind)
        do {
            _ = try await SFTPConnection.connect(target(server, hostKeys: [pinned.publicKey]))
            Issue.record("connected")
        } catch let error as SFTPError {
            #expect(error.code == .hostKeyChanged && error.isPermanent)
            #expect(error.description.contains(try HostKey(pinned.publicKey).fingerprint))
            #expect(error.description.contains(try HostKey(server.hostKeys[0]).fingerprint))
            let shown = try Peer.run("ssh-keygen", ["-l", "-f", "\(pinned.path).pub"])
            #expect(shown.contains(try HostKey(pinned.publicKey).fingerprint))
        }
        #expect(try await code { _ = try await SFTPConnection.connect(target(server, hostKeys: [])) } == .badHostKey)
    }

    @Test(arguments: ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==", "# comment"])
    func refusesAHostKeyItCannotRead(line: String) {
        #expect(throws: SFTPError.self) { try HostKey(line) }
    }

    @Test func tellsARefusedKeyFromAnUnusableOne() async throws {
        let server = try start()
        var target = try target(server)
        target.privateKey = try SecureShellKey(in: directory).path
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .authenticationRefused)
        target.privateKey = "\(directory.path)/none"
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .badPrivateKey)
        target.privateKey = "\(key.path).pub"
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .badPrivateKey)
    }

    @Test func reportsWhatTheServerSays() async throws {
        let server = try start()
        let connection = try await SFTPConnection.connect(target(server))
        #expect(try await connection.status("none") == nil)
        #expect(try await code { _ = try await connection.list("none") } == .noSuchFile)
        #expect(try await code { try await connection.upload("/etc/hostname", to: "none/file") } == .noSuchFile)
        #expect(try await code { try await connection.upload("/none", to: "file") } == .localFile)
        #expect(try await code { try await connection.rename("none", to: "file") } == .noSuchFile)
        try await connection.remove("none")
        try Files.write([1], to: "\(home)/file")
        #expect(try await code { try await connection.makeDirectory("file") } == .refused)
        #expect(try await connection.status("file") == RemoteStatus.file(1))
        try await connection.remove("file")
        #expect(try await connection.list(".").isEmpty)
    }

    @Test func reportsRefusedPermission() async throws {
        let server = try SecureShellServer(
            in: directory, authorizedKeys: [key.publicKey], service: .command("internal-sftp -R -d \(home)"))
        let connection = try await SFTPConnection.connect(target(server))
        #expect(try await code { try await connection.makeDirectory("new/below") } == .permissionDenied)
        #expect(try await code { try await connection.upload("/etc/hostname", to: "new") } == .permissionDenied)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "a small file system can be mounted"))
    func continuesOnceTheServerHasRoomAgain() async throws {
        let disk = try SmallDisk(at: home)
        let server = try start()
        let (path, content) = try file(3_000_000)
        let connection = try await SFTPConnection.connect(target(server))
        #expect(try await code { try await connection.upload(path, to: "full") } == .diskFull)
        try disk.grow()
        let seen = Counter()
        try await connection.upload(path, to: "full") { seen.add($0) }
        #expect(seen.values.first ?? 0 > 1_000_000)
        #expect(try Files.read("\(home)/full") == content)
    }

    @Test func tellsAServerWithoutSFTPFromASilentOne() async throws {
        let other = try SecureShellServer(
            in: directory, authorizedKeys: [key.publicKey], service: .command("/bin/true"))
        var target = try target(other)
        target.stepTimeout = .seconds(3)
        let connection = try await SFTPConnection.connect(target)
        #expect(try await code { _ = try await connection.list(".") } == .noSFTP)
    }

    @Test func timesOutWhereNobodySpeaks() async throws {
        let silent = try Peer(
            "python3",
            [
                "-c",
                "import socket,sys;s=socket.create_server(('127.0.0.1',0));print(s.getsockname()[1],flush=True);sys.stdin.read()",
            ])
        let port = try #require(UInt16(try silent.line()))
        var target = SFTPServer(
            host: "127.0.0.1", port: port, user: "nobody", privateKey: key.path, hostKeys: [try HostKey(key.publicKey)])
        target.stepTimeout = .seconds(1)
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .timedOut)
        silent.kill()
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .cannotConnect)
        target.host = "no-such-host.invalid"
        #expect(try await code { _ = try await SFTPConnection.connect(target) } == .cannotResolve)
    }

    @Test func connectsToNoAddressThatIsRefused() async throws {
        let server = try start()
        var target = try target(server)
        let asked = Asked()
        target.addressRefusal = {
            asked.add($0)
            return "not there"
        }
        do throws(SFTPError) {
            _ = try await SFTPConnection.connect(target)
            Issue.record("it connected")
        } catch {
            #expect(error.code == .notPermitted && error.cause == "not there" && error.isPermanent)
        }
        #expect(asked.all == ["127.0.0.1"])
        target.addressRefusal = { _ in nil }
        try await SFTPConnection.connect(target).close()
    }

    /// The addresses that somebody was asked about.
    private final class Asked: Sendable {
        private let addresses = Mutex<[String]>([])
        func add(_ address: String) { addresses.withLock { $0.append(address) } }
        var all: [String] { addresses.withLock { $0 } }
    }

    @Test func cancellingBreaksTheConnection() async throws {
        let server = try start()
        let (path, _) = try file(20_000_000)
        let connection = try await SFTPConnection.connect(target(server))
        let task = Task {
            try await connection.upload(path, to: "big") { _ in unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
        }
        let result = await task.result
        #expect(throws: SFTPError.self) { try result.get() }
        #expect(try await code { _ = try await connection.status("big") } == .cancelled)
        #expect(try Files.status("\(home)/big") == nil)
    }

    @Test func severalConnectionsWorkAtOnce() async throws {
        let server = try start()
        let (path, content) = try file(300_000)
        let target = try target(server)
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask { try await SFTPConnection.connect(target).upload(path, to: "\(number)") }
            }
            try await group.waitForAll()
        }
        for number in 0..<8 { #expect(try Files.read("\(home)/\(number)") == content) }
    }
}

extension RemoteStatus {
    fileprivate static func file(_ size: Int) -> RemoteStatus { RemoteStatus(kind: .file, size: size) }
}
