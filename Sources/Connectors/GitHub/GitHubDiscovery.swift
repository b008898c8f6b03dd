package import Forges
import HTTP
package import REST

/// The repositories of an owner, or of one of an organisation's teams.
package struct GitHubDiscovery: Discovery {
    package let environment: ForgeEnvironment
    private let client: RESTClient
    private let owner: String
    private let team: String?

    package init(_ environment: ForgeEnvironment, owner: String, team: String?, client: RESTClient) {
        self.environment = environment
        self.client = client
        self.owner = owner
        self.team = team
    }

    private struct Account: Decodable {
        let type: String?
    }

    package func siblings() async throws -> [Sibling] {
        let name = PercentEncoding.encode(owner)
        guard let team else {
            let account = try await client.send(RESTRequest("users/\(name)")).decode(Account.self)
            // Only this list has an organisation's private repositories.
            return try await list("\(account.type == "Organization" ? "orgs" : "users")/\(name)/repos")
        }
        var url: String?
        _ = try await client.pages(
            RESTRequest("orgs/\(name)/teams"), as: [GitHubAnswer.Team].self, .links()
        ) { page in
            url = page.first { $0.slug == team }?.url
            return url == nil ? .more : .stop
        }
        guard let url else {
            throw RESTError(.notFound, "\(client.configuration.base)/orgs/\(owner)/teams: team \(team)")
        }
        return try await list("\(url)/repos")
    }

    private func list(_ path: String) async throws -> [Sibling] {
        var found: [Sibling] = []
        _ = try await client.pages(RESTRequest(path), as: [GitHubAnswer.Sibling].self, .links()) { page in
            found += page.compactMap { repository in
                repository.clone_url.map { Sibling(name: repository.name, url: $0) }
            }
            return .more
        }
        return found
    }
}
