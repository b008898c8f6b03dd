package import Forges
package import REST

/// The repositories of a project, or of a collection.
package struct AzureDiscovery: Discovery {
    package let environment: ForgeEnvironment
    private let requests: AzureRequests
    /// What stands in front of the path of a repository's address, as it is configured.
    private let origin: String

    package init(
        _ environment: ForgeEnvironment, collection: String, project: String?, origin: String, client: RESTClient
    ) {
        self.environment = environment
        self.origin = origin
        requests = AzureRequests(client: client, collection: collection, project: project)
    }

    package func siblings() async throws -> [Sibling] {
        let list = try await requests.get(
            AzureAnswer.List<AzureAnswer.Repository>.self,
            requests.candidates(.projectFirst, "git", ["repositories"]))
        return list.value.compactMap { repository in
            // The server may call itself by a name of its own.
            guard let url = repository.remoteUrl, let start = url.firstRange(of: "://")?.upperBound,
                let slash = url[start...].firstIndex(of: "/")
            else { return nil }
            return Sibling(name: repository.name, url: origin + url[slash...])
        }
    }
}
