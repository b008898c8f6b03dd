import Files
import Gathering
import TestSupport
import Testing

@testable import Git

/// What a copy that was fetched over a network is like; repositories on this machine are read in place.
@Suite struct TransportTests {
    private let parent: TemporaryDirectory
    private let repository: TestRepository
    private let first: String

    init() throws {
        parent = try TemporaryDirectory()
        repository = try TestRepository()
        try repository.write("a", "1\n")
        first = try repository.commit("first")
        try repository.write("a", "2\n")
        _ = try repository.commit("second")
        try repository.git("tag", "-a", "-m", "One", "v1")
    }

    /// Puts what the repository has where the servers find it.
    private func publish() throws {
        try Files.removeTree("\(parent.path)/served.git")
        try Peer.run("git", ["clone", "-q", "--mirror", repository.path, "\(parent.path)/served.git"])
        try Peer.run("git", ["-C", "\(parent.path)/served.git", "config", "uploadpack.allowFilter", "true"])
        try Peer.run("chmod", ["-R", "a+rX", "\(parent.path)/served.git"])
    }

    @Test func aServerCannotSendMoreThanIsAllowed() async throws {
        try Peer.run("sh", ["-c", "head -c 3000000 /dev/urandom > \"$0/large\"", repository.path])
        _ = try repository.commit("a large one")
        try publish()
        let server = try WebRepositoryServer(of: parent)
        let url = "http://localhost:\(server.port)/git/served.git"
        let storage = try TemporaryDirectory()
        let refused = await #expect(throws: GitError.self) {
            try await Gathered(repository, storage: storage) { settings in
                settings.url = url
                settings.sizeLimit = 1 << 20
            }
        }
        #expect(refused?.advice?.contains("REPOSITORY_LIMIT") == true, "\(String(describing: refused))")
        // What came of it takes no room for long, and does not keep a larger limit from working.
        let gathered = try await Gathered(repository, storage: storage) { settings in
            settings.url = url
            settings.sizeLimit = 1 << 30
        }
        #expect(gathered.rows("vcs_versions").count == 3)
    }

    @Test func gathersThroughAProxyWithLogin() async throws {
        try publish()
        let keys = try TemporaryDirectory()
        let authority = try TestCertificate(in: keys, name: "authority", purpose: .authority)
        let certificate = try TestCertificate(in: keys, name: "server", issuer: authority)
        let server = try WebRepositoryServer(of: parent, certificate: certificate)
        let proxy = try ProxyServer(user: "agent", password: "p@ss")
        func gather(_ address: String, bypass: String? = nil) async throws -> Gathered {
            try await Gathered(repository) { settings in
                settings.url = "https://localhost:\(server.port)/git/served.git"
                settings.access.authorityFile = authority.certificate
                settings.access.proxy = address
                settings.access.proxyBypass = bypass
            }
        }
        #expect(try await gather("http://127.0.0.1:1", bypass: "localhost").rows("vcs_versions").count == 2)
        #expect(try await gather("http://agent:p%40ss@127.0.0.1:\(proxy.port)").rows("vcs_versions").count == 2)
        #expect(try proxy.requests().contains("agent CONNECT localhost:\(server.port) 200"))
        let refused = await #expect(throws: GitError.self) {
            try await gather("http://agent:wrong@127.0.0.1:\(proxy.port)")
        }
        #expect(refused?.description.contains("407") == true, "\(String(describing: refused))")
        #expect(refused?.description.contains("wrong") == false)
    }

    private func looseRefs(in storage: TemporaryDirectory) -> String {
        Shell.run("find \"$1\" -path '*/refs/*' -type f", storage.path).output
    }

    @Test func gathersOverHTTPWithLoginAndWithTheAuthorityGiven() async throws {
        try publish()
        let keys = try TemporaryDirectory()
        let authority = try TestCertificate(in: keys, name: "authority", purpose: .authority)
        let certificate = try TestCertificate(in: keys, name: "server", issuer: authority)
        let server = try WebRepositoryServer(
            of: parent, login: (user: "reader", password: "p\u{E4}ss:word"), certificate: certificate)
        let url = "https://localhost:\(server.port)/git/served.git"
        func gather(_ change: (inout GitSettings.Access) -> Void) async throws -> Gathered {
            try await Gathered(repository) { settings in
                settings.url = url
                settings.access.user = "reader"
                settings.access.password = "p\u{E4}ss:word"
                settings.access.authorityFile = authority.certificate
                change(&settings.access)
            }
        }
        let gathered = try await gather { _ in }
        #expect(gathered.rows("vcs_versions").count == 2)
        #expect(gathered.rows("tag").count == 1)
        #expect(gathered.rows("vcs_versions") == (try await Gathered(repository)).rows("vcs_versions"))
        let refused = await #expect(throws: GitError.self) { try await gather { $0.password = "wrong" } }
        #expect(refused?.advice?.contains("token") == true)
        #expect(refused?.description.contains("wrong") == false)
        await #expect(throws: GitError.self) { try await gather { $0.password = nil } }
        let untrusted = await #expect(throws: GitError.self) { try await gather { $0.authorityFile = nil } }
        #expect(untrusted?.advice?.contains("certificate") == true)
        let unsafe = try await gather {
            $0.authorityFile = nil
            $0.isUnsafe = true
        }
        #expect(unsafe.rows("vcs_versions").count == 2)
    }

    @Test func aPasswordIsInNoProcessListAndNoFile() async throws {
        try publish()
        let password = "p\(UInt64.random(in: (1 << 60)...(1 << 62)))"
        let server = try WebRepositoryServer(
            of: parent, login: (user: "reader", password: password), watchesProcesses: true)
        let url = "http://localhost:\(server.port)/git/served.git"
        let storage = try TemporaryDirectory()
        let gathered = try await Gathered(repository, storage: storage) { settings in
            settings.url = url
            settings.access.user = "reader"
            settings.access.password = password
        }
        #expect(gathered.rows("vcs_versions").count == 2)
        let processes = try server.processes
        #expect(processes.contains(url) && !processes.contains(password))
        #expect(Shell.run("grep -r -F -l \"$2\" \"$1\"", storage.path, password).output.isEmpty)
    }

    @Test func gathersOverSecureShellFromTheHostItKnows() async throws {
        let directory = try TemporaryDirectory()
        let key = try SecureShellKey(in: directory)
        let server = try SecureShellServer(in: directory, authorizedKeys: [key.publicKey], service: .any)
        let hosts = "\(directory.path)/known hosts"
        func gather(_ change: (inout GitSettings.Access) -> Void) async throws -> Gathered {
            try await Gathered(repository) { settings in
                settings.url = "ssh://\(server.user)@127.0.0.1:\(server.port)\(repository.path)"
                settings.access.keyPath = key.path
                settings.access.knownHostsPath = hosts
                change(&settings.access)
            }
        }
        #expect(try await gather { _ in }.rows("vcs_versions").count == 2)
        #expect(String(decoding: try Files.read(hosts), as: UTF8.self).hasPrefix("[127.0.0.1]:\(server.port) "))
        let other = try SecureShellKey(in: directory)
        try Files.write("[127.0.0.1]:\(server.port) \(other.publicKey)\n".utf8, to: hosts)
        let changed = await #expect(throws: GitError.self) { try await gather { _ in } }
        #expect(changed?.advice?.contains("host key") == true)
        #expect(try await gather { $0.isUnsafe = true }.rows("vcs_versions").count == 2)
        await #expect(throws: GitError.self) {
            try await gather {
                $0.isUnsafe = true
                $0.keyPath = other.path
            }
        }
    }

    @Test func manyTagsOverANetworkAreOneFile() async throws {
        let names = (0..<20_000).map { "\(first) refs/tags/v2.\($0)\n" }.joined()
        try repository.write(".git/packed-refs", names)
        try publish()
        let server = try GitDaemon(of: parent.path)
        let storage = try TemporaryDirectory()
        let gathered = try await Gathered(repository, storage: storage) {
            $0.url = "git://127.0.0.1:\(server.port)/served.git"
        }
        #expect(gathered.rows("tag").count == 20_001)
        #expect(looseRefs(in: storage).isEmpty)
        let next = try await Gathered(repository, storage: storage, after: gathered) {
            $0.url = "git://127.0.0.1:\(server.port)/served.git"
        }
        #expect(next.report.cursors.isEmpty)
    }

    @Test func aBranchThatBecameAFolderOfBranchesIsNoFault() async throws {
        try repository.git("branch", "a")
        try publish()
        let server = try GitDaemon(of: parent.path)
        let storage = try TemporaryDirectory()
        let url = "git://127.0.0.1:\(server.port)/served.git"
        let before = try await Gathered(repository, storage: storage) { $0.url = url }
        try repository.git("branch", "-D", "a")
        try repository.git("branch", "a/b")
        try publish()
        let after = try await Gathered(repository, storage: storage, after: before) { $0.url = url }
        #expect(after.rows("vcs_event").map { $0["ref"] } == ["a"])
    }

    @Test func aForcedPushOverANetworkGivesTheNewCommitsAndNamesTheLost() async throws {
        try publish()
        let server = try GitDaemon(of: parent.path)
        let storage = try TemporaryDirectory()
        let url = "git://127.0.0.1:\(server.port)/served.git"
        let before = try await Gathered(repository, storage: storage) { $0.url = url }
        let lost = try repository.head()
        try repository.git("tag", "-d", "v1")
        try repository.git("reset", "-q", "--hard", first)
        try repository.write("a", "3\n")
        let head = try repository.commit("third")
        try publish()
        let after = try await Gathered(repository, storage: storage, after: before) { $0.url = url }
        #expect(after.rows("vcs_versions").map { $0["version_id"] } == [head])
        #expect(after.rows("vcs_event").map { $0["version_id"] } == [lost, lost])
        #expect(after.rows("vcs_event").map { $0["action"] } == ["forced push", "deleted"])
    }

    @Test(arguments: [true, false]) func withoutStatisticsOnlyCommitsAreFetchedWhereThatCanBe(
        serverFilters: Bool
    ) async throws {
        try publish()
        if !serverFilters {
            try Peer.run("git", ["-C", "\(parent.path)/served.git", "config", "uploadpack.allowFilter", "false"])
        }
        let server = try GitDaemon(of: parent.path)
        let storage = try TemporaryDirectory()
        let url = "git://127.0.0.1:\(server.port)/served.git"
        let gathered = try await Gathered(repository, storage: storage) {
            $0.url = url
            $0.skipsStatistics = true
        }
        #expect(gathered.rows("vcs_versions").count == 2)
        #expect(gathered.rows("tag").count == 1)
        let kinds = Shell.run(
            "for d in \"$1\"/*.git; do git --git-dir=\"$d\" cat-file --batch-check='%(objecttype)' --batch-all-objects; done",
            storage.path
        ).output
        #expect(kinds.contains("blob") == !serverFilters)
        try repository.write("a", "3\n")
        let third = try repository.commit("third")
        try publish()
        if serverFilters {
            try Peer.run("git", ["-C", "\(parent.path)/served.git", "config", "uploadpack.allowFilter", "true"])
        }
        let next = try await Gathered(repository, storage: storage, after: gathered) {
            $0.url = url
            $0.skipsStatistics = true
        }
        #expect(next.rows("vcs_versions").map { $0["version_id"] } == [third])
        // What the copy does not have is no obstacle when statistics are wanted later.
        let counted = try await Gathered(repository, storage: storage, from: first) { $0.url = url }
        #expect(counted.rows("change_path").count == 2)
        #expect(counted.report.gaps.isEmpty)
    }

    @Test func whatAKilledFetchLeavesBehindIsNoObstacle() async throws {
        try publish()
        let server = try GitDaemon(of: parent.path)
        let storage = try TemporaryDirectory()
        let url = "git://127.0.0.1:\(server.port)/served.git"
        let before = try await Gathered(repository, storage: storage) { $0.url = url }
        let copy = "\(storage.path)/\(GitRepository.directoryName(for: url))"
        for name in ["shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock", "objects/pack/tmp_pack_abc"] {
            try Files.write("half".utf8, to: "\(copy)/\(name)")
        }
        try Files.makeDirectory("\(copy).new/objects")
        try repository.write("a", "3\n")
        let third = try repository.commit("third")
        try publish()
        let after = try await Gathered(repository, storage: storage, after: before) { $0.url = url }
        #expect(after.rows("vcs_versions").map { $0["version_id"] } == [third])
        #expect(try Files.status("\(copy)/objects/pack/tmp_pack_abc") == nil)
    }

    @Test func aRepositoryOfLongIdsIsGathered() async throws {
        let path = "\(parent.path)/long.git"
        try Peer.run("git", ["init", "-q", "--bare", "--object-format=sha256", "-b", "main", path])
        let stream =
            "commit refs/heads/main\ncommitter A <a@x> 1500000000 +0000\ndata 2\nc\n\nM 644 inline f\ndata 2\n1\n\n"
        try Files.write(stream.utf8, to: "\(parent.path)/stream")
        #expect(Shell.run("git -C \"$1\" fast-import --quiet < \"$2\"", path, "\(parent.path)/stream").status == 0)
        let server = try GitDaemon(of: parent.path)
        for url in [path, "git://127.0.0.1:\(server.port)/long.git"] {
            let gathered = try await Gathered(repository) { $0.url = url }
            #expect(gathered.rows("change_path").map { $0["file"] } == ["f"])
            #expect(gathered.cursor?.utf8.count == 64)
        }
    }
}
