package import Gathering
import Records
package import Tables

/// What the settings say of a project as a whole.
package struct ProjectMetadata: Sendable {
    package var key: String
    package var jiraName: String
    package var gitHubTeam: String?
    package var gitLabGroup: String?
    package var tfsCollection: String?
    /// Its long name at quality servers; a part of another project has none.
    package var qualityName: String?
    /// The project that it is a part of.
    package var mainProject: String?
    package var isSupportTeam = false
    /// Those that may know what the project is called; the last one that knows it counts.
    package var servers: [QualityServer] = []

    package init(key: String, jiraName: String) {
        self.key = key
        self.jiraName = jiraName
    }
}

/// A server that measures the quality of a project and has a name of its own for it.
package struct QualityServer: Sendable {
    package typealias Answer = (displayName: String?, revision: Trackers.Revision)

    package let name: String
    /// What it calls the project, and when it was asked.
    package let ask: @Sendable () async throws -> Answer

    package init(name: String, ask: @escaping @Sendable () async throws -> Answer) {
        self.name = name
        self.ask = ask
    }
}

/// The one row that says what a project is called elsewhere, and to which project it belongs.
package struct ProjectSource: Source {
    private let metadata: ProjectMetadata

    package init(_ metadata: ProjectMetadata) { self.metadata = metadata }

    package var name: String { "project" }
    package var tables: [TableSchema] { [.project] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        var report = SourceReport()
        var displayName: String?
        for server in metadata.servers {
            do {
                let answer = try await server.ask()
                displayName = answer.displayName ?? displayName ?? ""
                report.cursors += answer.revision.cursors(.projectMetadata)
            } catch {
                try Task.checkCancellation()
                report.gaps.append("the project's name at \(server.name): \(error)")
            }
        }
        let stream = try request.output.stream(piece: 0)
        try stream.append(
            Record(
                .project,
                [
                    metadata.key, metadata.jiraName, metadata.gitHubTeam, metadata.gitLabGroup, metadata.tfsCollection,
                    metadata.qualityName, metadata.mainProject, metadata.isSupportTeam ? "1" : "0",
                    displayName,
                ]))
        try request.output.finish(stream, piece: 0)
        return report
    }
}
