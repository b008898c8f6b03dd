import Files
import Gathering
import TestSupport
import Testing

@testable import Git

@Suite struct HostileRepositoryTests {
    enum Transport: String, CaseIterable, Sendable {
        case path, file, daemon, web
    }

    /// A place for a copy with things around it that must stay as they are.
    private struct Surroundings {
        let directory: TemporaryDirectory
        private let before: String

        var storage: String { "\(directory.path)/one/storage" }

        init(besides repository: String) throws {
            directory = try TemporaryDirectory()
            try Files.makeDirectory("\(directory.path)/one/storage")
            try Files.makeDirectory("\(directory.path)/one/.git/hooks")
            try Files.write("[core]\n".utf8, to: "\(directory.path)/one/.git/config")
            try Files.write("neighbour\n".utf8, to: "\(directory.path)/outside")
            self.repository = repository
            before = Self.listing(directory.path, repository)
        }

        private let repository: String

        /// Whether nothing outside the storage came, went or changed, the repository itself included.
        var isUntouched: Bool { Self.listing(directory.path, repository) == before }

        private static func listing(_ outer: String, _ repository: String) -> String {
            Shell.run(
                "find \"$1\" -path \"$1/one/storage\" -prune -o -printf '%p %y %s %T@ %l\\n' | sort; find \"$2\" -type f -printf '%p %s %T@\\n' | sort",
                outer, repository
            ).output
        }
    }

    @Test(arguments: Transport.allCases) func runsNothingAndTouchesNothing(transport: Transport) async throws {
        let hostile = try HostileRepository()
        let path = hostile.repository.path
        let parent = try TemporaryDirectory()
        // Servers serve a folder of repositories.
        let served = "\(parent.path)/served"
        if transport != .path, transport != .file {
            try Peer.run("cp", ["-a", path, served])
            try Peer.run("chmod", ["-R", "a+rX", served])
        }
        let daemon = transport == .daemon ? try GitDaemon(of: parent.path) : nil
        let web = transport == .web ? try WebRepositoryServer(of: parent) : nil
        let url =
            switch transport {
            case .path: path
            case .file: "file://\(path)"
            case .daemon: "git://127.0.0.1:\(daemon?.port ?? 0)/served/.git"
            case .web: "http://127.0.0.1:\(web?.port ?? 0)/git/served/.git"
            }
        // Made with the server's own copy at rest.
        if let evidence = hostile.evidence { Issue.record("before: \(evidence)") }
        let surroundings = try Surroundings(besides: path)
        let storage = try TemporaryDirectory()
        let first = try await Gathered(hostile.repository, storagePath: surroundings.storage) { $0.url = url }
        let second = try await Gathered(hostile.repository, storagePath: surroundings.storage, after: first) {
            $0.url = url
        }
        withExtendedLifetime((daemon, web, storage)) {}
        #expect(hostile.evidence == nil)
        #expect(surroundings.isUntouched)
        #expect(second.report.cursors.isEmpty)

        #expect(first.report.gaps == [])
        #expect(first.rows("vcs_versions").count == 4)
        let paths = Set(first.rows("change_path").map { $0["file"] ?? "" })
        #expect(paths.isSuperset(of: HostileRepository.paths))
        #expect(paths.isSuperset(of: [".gitmodules", ".lfsconfig", "etc", "big.bin"]))
        #expect(!paths.contains("run"))
        // Nobody takes an attribute of the repository for a rule about what is text.
        let lines = first.rows("change_path").first { $0["file"] == "big.bin" }?["insertions"]
        #expect(lines == "3")
        let tags = Set(first.rows("tag").map { $0["tag_name"] ?? "" })
        #expect(tags == Set(hostile.branches))
    }

    /// Otherwise the tests here would prove nothing.
    @Test func theTrapsDoSpring() throws {
        let hostile = try HostileRepository()
        _ = Shell.run("git -C \"$1\" status; git -C \"$1\" fetch", hostile.repository.path)
        #expect(hostile.evidence != nil)
    }

    @Test func anUnusualNameOfTheDefaultBranchIsOnlyAName() async throws {
        let hostile = try HostileRepository()
        for branch in hostile.branches where branch.utf8.count < 200 && branch != "HEAD" {
            try Files.write(
                "ref: refs/heads/\(branch)\n".utf8, to: "\(hostile.repository.path)/.git/HEAD")
            let gathered = try await Gathered(hostile.repository)
            #expect(gathered.rows("vcs_versions").count == 4)
        }
        #expect(hostile.evidence == nil)
    }

    @Test func addressesRunNothing() async throws {
        let directory = try TemporaryDirectory()
        let witness = "\(directory.path)/witness"
        let repository = try TestRepository()
        let addresses = [
            "ext::sh -c 'touch \(witness)'", "ext::sh -c touch% \(witness)", "fd::7", "fd::7,8/x", "-x",
            "--upload-pack=touch \(witness)", "-utouch \(witness):x", "ssh://-oProxyCommand=touch${IFS}\(witness)/x",
            "-oProxyCommand=touch${IFS}\(witness):x", "ssh://-x@127.0.0.1/x", "ssh://git@-oProxyCommand=x/x",
            "git@-oProxyCommand=x:y", "file://x\n--upload-pack=y", "git://127.0.0.1/x\nhost=y", "gopher://x",
            "ftp://x/y",
            "testgit::/x", "remote-ext://x", "relative", "", ":x", "http:x/../", "\u{7F}",
        ]
        for address in addresses {
            await #expect(throws: (any Error).self, "\(address)") {
                _ = try await Gathered(repository) { $0.url = address }
            }
        }
        #expect(try Files.status(witness) == nil)
    }

    @Test(arguments: [
        "/srv/a b.git", "file:///srv/a", "https://u@h/x", "http://h:80/x", "git://h/x", "ssh://git@h:22/x",
        "git@h.test:a/b.git", "h.test:a", "SSH://h/x",
    ])
    func ordinaryAddressesAreTaken(address: String) throws { try GitAddress.check(address) }

    @Test func aServerCannotTellNamesThatAreNone() throws {
        let id = "1234567890123456789012345678901234567890"
        let names = [
            "refs/heads/../../../etc", "refs/heads/.hidden", "refs/heads/a..b", "refs/heads/a.lock", "refs/heads/a.",
            "refs/heads//a", "refs/heads/a/", "refs/heads/a b", "refs/heads/a\u{1}", "refs/heads/a~", "refs/heads/a^",
            "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*", "refs/heads/[a", "refs/heads/a\\b", "refs/heads/@{",
            "refs/tags/a/.b", "refs/tags/a.lock/b", "refs/remotes/x/y", "refs/heads/", "config", "",
        ]
        let lines = (names + ["refs/heads/good", "refs/tags/v1", "refs/tags/v1^{}"]).map { "\(id)\t\($0)\n" }.joined()
        let remote = try Advertisement(parsing: Array(lines.utf8))
        #expect(
            remote.refs.keys.map { String(decoding: $0, as: UTF8.self) }.sorted() == [
                "refs/heads/good", "refs/tags/v1",
            ])
    }
}
