import AzureDevOps
import Configuration
import ForgeTestSupport
import Forges
import Gathering
import GitHub
import GitLab
import HTTP
import REST

extension PlatformServer {
    /// The one repository that the server has.
    func source(
        _ platform: Platform, token: String = "secret-token", change: (inout RESTEnvironment) -> Void = { _ in }
    ) throws -> any Source {
        var environment = environment
        change(&environment)
        let login = Authorization(.header("PRIVATE-TOKEN"), Secret(token), name: "SOURCE_1_TOKEN")
        let pool = TokenPool([login], share: 1)
        switch platform {
        case .gitHub:
            let forge = ForgeSettings(name: "näme", base: try WebAddress(address), repository: "owner/näme")
            return GitHubSource(GitHubSettings(forge, bots: ["Bob"]), environment, pool: pool)
        case .gitLab:
            let base = try WebAddress("\(address)/api/v4")
            var settings = GitLabSettings(ForgeSettings(name: "näme", base: base, repository: "grøup/name"))
            settings.commits = { _, from, to in from.hasSuffix("1") ? [to, from] : nil }
            return GitLabSource(settings, environment, pool: pool)
        case .azureDevOps:
            let forge = ForgeSettings(name: "näme", base: try WebAddress(address), repository: "Repö")
            return AzureSource(
                AzureSettings(forge, collection: "tfs/Coll", project: "Prøject"), environment, pool: pool)
        case .bigBoat, .jenkins, .qualityTime, .sonarQube: preconditionFailure("it hosts no repositories")
        }
    }
}
