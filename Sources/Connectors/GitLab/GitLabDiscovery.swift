package import Forges
import HTTP
package import REST

/// The projects of a group that have commits.
package struct GitLabDiscovery: Discovery {
    package let environment: ForgeEnvironment
    private let client: RESTClient
    private let group: String

    package init(_ environment: ForgeEnvironment, group: String, client: RESTClient) {
        self.environment = environment
        self.client = client
        self.group = group
    }

    package func siblings() async throws -> [Sibling] {
        var found: [Sibling] = []
        let client = client
        _ = try await client.pages(
            RESTRequest("groups/\(PercentEncoding.encode(group))/projects"), as: [GitLabAnswer.Sibling].self, .links()
        ) { page in
            for project in page {
                guard let url = project.http_url_to_repo, try await Self.hasCommits(project.id, client) else {
                    continue
                }
                found.append(
                    Sibling(name: project.name, url: url.hasSuffix(".git") ? String(url.dropLast(4)) : url))
            }
            return .more
        }
        return found
    }

    /// What is empty, or closed to the token, is of no use.
    private static func hasCommits(_ project: Int64, _ client: RESTClient) async throws -> Bool {
        var request = RESTRequest("projects/\(project)/repository/commits", [("per_page", "1")])
        request.accepted = [401, 403, 404]
        let answer = try await client.send(request)
        return answer.status == 200 ? try !answer.decode([Ignored].self).isEmpty : false
    }

    package func version() async throws -> String? {
        var request = RESTRequest("version")
        request.accepted = [401, 403, 404]
        let answer = try await client.send(request)
        let version = answer.status == 200 ? try answer.decode(GitLabAnswer.Version.self).version : nil
        return version == "unknown" ? nil : version
    }
}
