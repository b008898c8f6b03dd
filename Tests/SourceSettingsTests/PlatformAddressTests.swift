import Configuration
import SourceSettings
import Testing

@Suite struct PlatformAddressTests {
    private func platform(_ type: String, _ url: String, _ credentials: String = "") throws -> PlatformAddress? {
        let file = INIFile(Array(credentials.utf8), path: "credentials.cfg")
        let resolver = SourceResolver(credentials: CredentialsFile(file), variable: { _ in nil })
        return try resolver.resolve(SourceDefinition(type: type, name: "n", url: url, origin: "SOURCE_1")).platform
    }

    @Test(arguments: [
        ("https://github.com/o/r.git", "", "https://api.github.com", "o/r"),
        ("git@github.com:o/r", "", "https://api.github.com", "o/r"),
        ("https://ghe.test/o/r", "", "https://ghe.test/api/v3", "o/r"),
        ("https://ghe.test:8443/o/r", "", "https://ghe.test:8443/api/v3", "o/r"),
        ("http://h.test/o/r", "[h.test]\ngithub_api_url=http://h.test/api", "http://h.test/api", "o/r"),
    ])
    func findsGitHubsAPI(url: String, credentials: String, api: String, repository: String) throws {
        let platform = try #require(try platform("github", url, credentials))
        #expect(platform.api == api && platform.repository == repository && platform.namespace == ["o"])
    }

    @Test(arguments: [
        ("git@gl.test:g/s/r.git", "", "https://gl.test/api/v4", "g/s/r"),
        ("http://gl.test/g/r", "", "http://gl.test/api/v4", "g/r"),
        ("https://gl.test/pre/g/r.git", "[gl.test]\nstrip=pre", "https://gl.test/pre/api/v4", "g/r"),
        ("https://gl.test/pre/g/r.git", "[gl.test]\nstrip=/pre/", "https://gl.test/pre/api/v4", "g/r"),
        ("ssh://git@gl.test:22/g/r.git", "[gl.test:22]\nprotocol=http", "http://gl.test/api/v4", "g/r"),
    ])
    func findsGitLabsAPI(url: String, credentials: String, api: String, repository: String) throws {
        let platform = try #require(try platform("gitlab", url, credentials))
        #expect(platform.api == api && platform.repository == repository && platform.namespace == ["g"])
    }

    @Test(arguments: [
        (
            "http://tfs.test:8080/tfs/Coll/Proj/_git/Repo/", "http://tfs.test:8080", ["tfs/Coll", "Proj"], "Repo"
        ),
        ("https://dev.azure.com/Org/My%20Proj/_git/Repo", "https://dev.azure.com", ["Org", "My Proj"], "Repo"),
        ("git@ssh.dev.azure.com:v3/Org/Proj/Repo", "https://dev.azure.com", ["Org", "Proj"], "Repo"),
        ("https://dev.azure.com/Org/_git/Repo", "https://dev.azure.com", ["Org"], "Repo"),
    ])
    func findsTheCollectionAndTheProject(url: String, api: String, namespace: [String], repository: String) throws {
        let platform = try #require(try platform("tfs", url))
        #expect(platform.api == api && platform.namespace == namespace && platform.repository == repository)
    }

    @Test func aProjectUnderThePlatformsOwnVersionControlHasNoRepository() throws {
        let platform = try #require(try platform("tfvc", "https://tfs.test/tfs/Coll/Proj"))
        #expect(platform.namespace == ["tfs/Coll", "Proj"] && platform.repository == nil)
        #expect(try self.platform("tfvc", "https://tfs.test/Proj")?.namespace == ["", "Proj"])
    }

    @Test func followsAProjectThatWasMovedIntoOneGroup() throws {
        let credentials = "[old.test]\nhost=gl.test\ngroup=G1\n[gl.test]\ngitlab_token=t"
        let platform = try platform("gitlab", "https://old.test/g/s/r.git", credentials)
        #expect(platform?.repository == "G1/g-s/r" && platform?.api == "https://gl.test/api/v4")
        #expect(platform?.group == "G1" && platform?.namespace == ["G1"])
    }

    @Test func asksAnotherPortOfAnSSHHost() throws {
        let url = "ssh://tfs.test:22/tfs/Coll/Proj/_git/Repo"
        let platform = try platform("tfs", url, "[tfs.test:22]\nweb_port=8080\nprotocol=http\nusername=u\npassword=p")
        #expect(platform?.api == "http://tfs.test:8080" && platform?.user == "u")
    }

    @Test func takesSeveralTokensApart() throws {
        let platform = try platform("git", "https://gh.test/o/r", "[gh.test]\ngithub_token=a, b\ngithub_bots=x , y")
        #expect(platform?.tokens.map(\.revealed) == ["a", "b"] && platform?.bots == ["x", "y"])
        #expect(platform?.credential == "github_token of [gh.test] in the credentials file")
    }

    @Test func hasNoneForAPlainRepository() throws { #expect(try platform("git", "https://h.test/o/r") == nil) }
}
