package import Forges
package import Gathering
import HTTP
package import REST
package import Tables

/// What Azure DevOps or Team Foundation Server knows about one repository besides its commits, about its project's teams,
/// and about the project's work items.
package struct AzureSource: Source {
    private let settings: AzureSettings
    private let environment: RESTEnvironment
    private let pool: TokenPool

    package init(_ settings: AzureSettings, _ environment: RESTEnvironment, pool: TokenPool) {
        self.settings = settings
        self.environment = environment
        self.pool = pool
    }

    package var name: String { settings.forge.name }

    package var tables: [TableSchema] {
        [
            .mergeRequest, .mergeRequestNote, .commitComment, .mergeRequestReview, .vcsEvent, .tfsTeam,
            .tfsTeamMember, .tfsSprint, .tfsWorkItem, .tfsDeveloper,
        ]
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let run = try ForgeRun(
            settings.forge, environment, pool: pool, tracker: .azureDevOps, headers: Self.headers, request)
        let stream = try request.output.stream(piece: 0)
        let gathering = AzureGathering(
            run: run, mapping: AzureMapping(repository: name), settings: settings, stream: stream)
        try await gathering.all()
        try request.output.finish(stream, piece: 0)
        return try run.finish()
    }

    package func reach(storage: String) async throws -> String? {
        let client = environment.impatient.client(
            settings.forge.base, trust: settings.forge.trust, pool: pool, headers: Self.headers)
        let requests = AzureRequests(client: client, collection: settings.collection, project: settings.project)
        guard !settings.forge.repository.isEmpty else {
            _ = try await requests.project(AzureAnswer.Project.self)
            return "Azure DevOps shows the project"
        }
        let list = try await requests.get(
            AzureAnswer.List<AzureAnswer.Repository>.self, requests.candidates(.projectFirst, "git", ["repositories"]))
        let wanted = settings.forge.repository.lowercased()
        guard list.value.contains(where: { $0.name.lowercased() == wanted }) else {
            throw RESTError(.notFound, "\(settings.forge.base)\(settings.collection): repository \(wanted)")
        }
        return "Azure DevOps shows the repository"
    }

    /// Keeps the server from answering with a page to log in by.
    static let headers: HTTPHeaders = ["X-TFS-FedAuthRedirect": "Suppress"]
}

/// What the configuration says about one repository on Azure DevOps.
package struct AzureSettings: Sendable {
    package var forge: ForgeSettings
    /// E.g. `tfs/DefaultCollection`, or the organisation.
    package var collection: String
    package var project: String?
    package var fields = WorkItemFields()

    /// - Parameter forge: its repository is empty for a project whose files are under another version control.
    package init(_ forge: ForgeSettings, collection: String, project: String?) {
        self.forge = forge
        self.collection = collection
        self.project = project
    }
}
