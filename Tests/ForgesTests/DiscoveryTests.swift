import AzureDevOps
import ForgeTestSupport
import Forges
import GitHub
import GitLab
import HTTP
import REST
import Testing

@Suite struct DiscoveryTests {
    private func client(_ server: PlatformServer, _ path: String = "") throws -> RESTClient {
        server.environment.client(
            try WebAddress(server.address + path), trust: .system, pool: TokenPool([], share: 1))
    }

    private let environment = ForgeEnvironment(type: "x", url: "y", parts: ["z", nil])

    @Test func findsAllOfAnOrganisationAUserAndATeam() async throws {
        let server = try PlatformServer(.gitHub)
        func find(_ owner: String, _ team: String?) async throws -> [Sibling] {
            try await GitHubDiscovery(environment, owner: owner, team: team, client: client(server)).siblings()
        }
        #expect(try await find("owner", nil).count == 130)
        #expect(try await find("somebody", nil).last == Sibling(name: "r129", url: "https://gh.test/somebody/r129.git"))
        #expect(try await find("owner", "t7").count == 130)
        let error = await #expect(throws: RESTError.self) { try await find("owner", "none") }
        #expect(error?.code == .notFound)
    }

    @Test func findsProjectsWithCommitsAndTheVersion() async throws {
        let server = try PlatformServer(.gitLab)
        let discovery = GitLabDiscovery(environment, group: "grøup", client: try client(server, "/api/v4"))
        let found = try await discovery.siblings()
        #expect(found.count == 129 && found.first == Sibling(name: "pröject-1", url: "https://gl.test/grøup/p1"))
        #expect(try await discovery.version() == "17.0.1")
    }

    @Test func putsTheKeyIntoAnAccountOnce() async throws {
        let server = try PlatformServer(.gitLab)
        let keys = GitLabKeys(try client(server, "/api/v4"))
        let title = "GROS agent for the DEMO project"
        #expect(try await keys.put("ssh-ed25519 NEW agent", title: title) == .added(removed: 1))
        #expect(try await keys.put("ssh-ed25519 NEW other", title: title) == .present)
        #expect(try await server.requests().filter { !$0.hasPrefix("GET") }.count == 2)
    }
}
