import Configuration
import Files
import Gathering
import Glibc
import HTTP
import Processes
import TestSupport
import Testing

@testable import Subversion

@Suite struct RemoteAccessTests {
    private static var dump: RepositoryDump {
        var dump = TestRepository.layout
        dump.revision("One", .add("trunk/\u{FC}.txt", "1\n"))
        dump.revision("Two", .delete("trunk/\u{FC}.txt"), .add("trunk/b", "1\n2\n"))
        dump.revision("Tag", .copy("trunk", to: "tags/1", at: 3))
        return dump
    }
    private static let changes = [
        ["2", "\u{FC}.txt", "A", "1", "0"], ["3", "b", "A", "2", "0"], ["3", "\u{FC}.txt", "D", "0", "1"],
    ]

    private func changes(_ gathered: Gathered) -> [[String]] {
        gathered.values("change_path", "version_id", "file", "change_type", "insertions", "deletions")
    }

    @Test func gathersFromAServerWithUserAndPassword() async throws {
        let repository = try TestRepository(Self.dump)
        let configuration = "[general]\nanon-access = none\nauth-access = read\npassword-db = passwd\nrealm = test\n"
        try Files.write(configuration.utf8, to: "\(repository.path)/conf/svnserve.conf")
        try Files.write("[users]\nreader = p\u{E4}ss word\n".utf8, to: "\(repository.path)/conf/passwd")
        let server = try SubversionServer(of: repository.parent)
        var settings = SubversionSettings(name: "test", url: "svn://127.0.0.1:\(server.port)/repository/trunk")
        settings.userName = "reader"
        settings.password = Secret("p\u{E4}ss word")
        let gathered = try await Gathered(settings)
        #expect(changes(gathered) == Self.changes)
        #expect(gathered.values("tag", "tag_name") == [["1"]])
        #expect(!"\(settings)".contains("ss word"))

        settings.password = Secret("wrong")
        let refused = await #expect(throws: SubversionError.self) { try await Gathered(settings) }
        #expect(refused?.code == .failed(.refused))
        #expect(refused?.description.contains("wrong") == false)
        settings.password = nil
        settings.userName = nil
        let anonymous = await #expect(throws: SubversionError.self) { try await Gathered(settings) }
        #expect(anonymous?.code == .failed(.refused))
    }

    @Test func gathersOverHTTPWithLoginAndOverTLSWithTheAuthorityGiven() async throws {
        let directory = try TemporaryDirectory()
        let repository = try TestRepository(Self.dump, in: directory.path)
        try Peer.run("chmod", ["-R", "a+rX", repository.parent])
        let keys = try TemporaryDirectory()
        let authority = try TestCertificate(in: keys, name: "authority", purpose: .authority)
        let certificate = try TestCertificate(in: keys, name: "server", issuer: authority)
        let login = (user: "reader", password: "p\u{E4}ss word")
        let folder = repository.parent.split(separator: "/").last.map(String.init) ?? ""
        func settings(_ server: WebRepositoryServer, _ scheme: String) -> SubversionSettings {
            let url = "\(scheme)://localhost:\(server.port)/svn/repository/trunk"
            var settings = SubversionSettings(name: "test", url: url)
            settings.userName = login.user
            settings.password = Secret(login.password)
            return settings
        }
        let plain = try WebRepositoryServer(of: directory, folder: folder, login: login)
        let gathered = try await Gathered(settings(plain, "http"))
        #expect(changes(gathered) == Self.changes)
        #expect(gathered.values("tag", "tag_name") == [["1"]])
        #expect(gathered.report.gaps.isEmpty)

        let secure = try WebRepositoryServer(of: directory, folder: folder, login: login, certificate: certificate)
        func gather(_ change: (inout SubversionSettings) -> Void) async throws -> Gathered {
            var settings = settings(secure, "https")
            settings.authorityFile = authority.certificate
            change(&settings)
            return try await Gathered(settings)
        }
        #expect(changes(try await gather { _ in }) == Self.changes)
        let untrusted = await #expect(throws: SubversionError.self) { try await gather { $0.authorityFile = nil } }
        #expect(untrusted?.code == .failed(.untrusted))
        let refused = await #expect(throws: SubversionError.self) { try await gather { $0.password = Secret("wrong") } }
        #expect(refused?.code == .failed(.refused))
        let unsafe = try await gather {
            $0.authorityFile = nil
            $0.isUnsafe = true
        }
        #expect(changes(unsafe) == Self.changes)
    }

    @Test func gathersThroughAProxyWithLogin() async throws {
        let directory = try TemporaryDirectory()
        let repository = try TestRepository(Self.dump, in: directory.path)
        try Peer.run("chmod", ["-R", "a+rX", repository.parent])
        let keys = try TemporaryDirectory()
        let authority = try TestCertificate(in: keys, name: "authority", purpose: .authority)
        let certificate = try TestCertificate(in: keys, name: "server", issuer: authority)
        let folder = repository.parent.split(separator: "/").last.map(String.init) ?? ""
        let server = try WebRepositoryServer(of: directory, folder: folder, certificate: certificate)
        let proxy = try ProxyServer(user: "agent", password: "p@ss")
        func gather(_ address: String, bypass: String? = nil) async throws -> Gathered {
            let url = "https://localhost:\(server.port)/svn/repository/trunk"
            var settings = SubversionSettings(name: "test", url: url)
            settings.authorityFile = authority.certificate
            settings.proxy = try HTTPProxy(proxy: address, bypass: bypass)
            return try await Gathered(settings)
        }
        #expect(changes(try await gather("http://127.0.0.1:1", bypass: "localhost")) == Self.changes)
        #expect(changes(try await gather("http://agent:p%40ss@127.0.0.1:\(proxy.port)")) == Self.changes)
        #expect(try proxy.requests().contains("agent CONNECT localhost:\(server.port) 200"))
        await #expect(throws: SubversionError.self) { try await gather("http://agent:wrong@127.0.0.1:\(proxy.port)") }
    }

    @Test func aRevisionThatCannotBeListedIsAGapOverHTTPToo() async throws {
        var dump = TestRepository.layout
        dump.revision("Add", .add("trunk/a", "1\n"))
        for number in 3...9 { dump.revision("Change", .change("trunk/a", "\(number)\n")) }
        let directory = try TemporaryDirectory()
        let repository = try TestRepository.withWholeDirectories(dump, in: directory.path)
        try Files.write("nothing of the kind\n".utf8, to: "\(repository.path)/db/revs/0/5")
        try Peer.run("chmod", ["-R", "a+rX", repository.parent])
        let folder = repository.parent.split(separator: "/").last.map(String.init) ?? ""
        let server = try WebRepositoryServer(of: directory, folder: folder)
        let url = "http://127.0.0.1:\(server.port)/svn/repository"
        let gathered = try await Gathered(SubversionSettings(name: "test", url: url))
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == ["1", "2", "3", "4", "6", "7", "8", "9"])
        #expect(gathered.cursor == "9")
    }

    @Test func gathersOverSecureShellWithTheKeysThatItKnows() async throws {
        let repository = try TestRepository(Self.dump)
        let directory = try TemporaryDirectory()
        let key = try SecureShellKey(in: directory)
        let server = try SecureShellServer(in: directory, authorizedKeys: [key.publicKey], service: .any)
        let hosts = "\(directory.path)/known hosts"
        let url = "svn+ssh://\(server.user)@127.0.0.1:\(server.port)\(repository.path)"
        var settings = SubversionSettings(name: "test", url: url)
        settings.keyPath = key.path
        settings.knownHostsPath = hosts
        #expect(changes(try await Gathered(settings)) == Self.changes)
        #expect(String(decoding: try Files.read(hosts), as: UTF8.self).hasPrefix("[127.0.0.1]:\(server.port) "))

        // Another host key than the one met first, and a key that opens nothing.
        let other = try SecureShellKey(in: directory)
        try Files.write("[127.0.0.1]:\(server.port) \(other.publicKey)\n".utf8, to: hosts)
        settings.skipsStatistics = true
        await #expect(throws: SubversionError.self) { try await Gathered(settings) }
        settings.isUnsafe = true
        #expect(try await Gathered(settings).rows("vcs_versions").count == 3)
        settings.keyPath = other.path
        await #expect(throws: SubversionError.self) { try await Gathered(settings) }
    }

    @Test func aTrunkIsEnoughToBeAllowedToRead() async throws {
        let repository = try TestRepository(Self.dump)
        try Files.write(
            "[general]\nanon-access = read\nauthz-db = authz\n".utf8, to: "\(repository.path)/conf/svnserve.conf")
        try Files.write("[/]\n* =\n[/trunk]\n* = r\n".utf8, to: "\(repository.path)/conf/authz")
        let server = try SubversionServer(of: repository.parent)
        for suffix in ["", "/trunk"] {
            let url = "svn://127.0.0.1:\(server.port)/repository\(suffix)"
            let gathered = try await Gathered(SubversionSettings(name: "test", url: url))
            #expect(changes(gathered) == Self.changes)
            // What there was before the trunk is not ours to read, either.
            #expect(
                gathered.report.gaps
                    == ["the changes of revision 1 could not be read", "the tags could not be listed"])
        }
    }

    @Test func aServerThatGoesAwayLeavesNoGapsButAnError() async throws {
        var dump = TestRepository.layout
        for number in 2...200 { dump.revision("Change", .add("trunk/\(number)", "1\n")) }
        let repository = try TestRepository(dump)
        try Files.write(
            "[general]\nanon-access = read\n".utf8, to: "\(repository.path)/conf/svnserve.conf")
        let server = try SubversionServer(of: repository.parent)
        let storage = try TemporaryDirectory()
        let settings = SubversionSettings(name: "test", url: "svn://127.0.0.1:\(server.port)/repository")
        let activity = SourceActivity()
        let request = GatheringRequest(
            storage: storage.path, trackers: Trackers(), sprints: .empty,
            output: SourceOutput(directory: storage.path, secrets: nil), activity: activity, parallelism: 2)
        let task = Task { try await SubversionSource(settings).gather(request) }
        while activity.current.done == 0 { await Task.yield() }
        server.kill()
        await #expect(throws: SubversionError.self) { try await task.value }
    }

    @Test func cancellingEndsTheWaitForASilentServer() async throws {
        let listener = try SilentListener()
        let storage = try TemporaryDirectory()
        let settings = SubversionSettings(name: "test", url: "svn://127.0.0.1:\(listener.port)/repository")
        let request = GatheringRequest(
            storage: storage.path, trackers: Trackers(), sprints: .empty,
            output: SourceOutput(directory: storage.path, secrets: nil), activity: SourceActivity(), parallelism: 1)
        let task = Task { try await SubversionSource(settings).gather(request) }
        listener.awaitConnection()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func thePasswordIsInNoArgument() throws {
        let storage = try TemporaryDirectory()
        var settings = SubversionSettings(name: "test", url: "https://user:inner@svn.test/r")
        settings.password = Secret("outer")
        settings.isUnsafe = true
        let svn = try SubversionProgram(settings, storage: storage.path)
        let invocation = svn.invocation(["info", svn.address.target()])
        let texts = invocation.arguments + invocation.environment.map { "\($0.key)=\($0.value)" }
        #expect(!texts.contains { $0.contains("outer") || $0.contains("inner") })
        #expect(invocation.arguments.contains("user"))
        #expect(
            invocation.arguments.contains(
                "--trust-server-cert-failures=unknown-ca,cn-mismatch,expired,not-yet-valid,other"))
        for name in try Files.list("\(storage.path)/.subversion") {
            let text = String(decoding: try Files.read("\(storage.path)/.subversion/\(name)"), as: UTF8.self)
            #expect(!text.contains("outer"))
        }
    }
}

/// Takes connections on a free port of the loopback address and says nothing.
private final class SilentListener: Sendable {
    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, length) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        guard isListening else { throw FileError(.open, "socket") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }

    /// Returns when somebody has connected.
    func awaitConnection() {
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        unsafe poll(&waiting, 1, 60_000)
    }
}
