package import Gathering
import Records
package import Tables

/// What the settings say of a project as a whole.
package struct ProjectMetadata: Sendable, Equatable {
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

    package init(key: String, jiraName: String) {
        self.key = key
        self.jiraName = jiraName
    }
}

/// The one row that says what a project is called elsewhere, and to which project it belongs.
package struct ProjectSource: Source {
    private let metadata: ProjectMetadata

    package init(_ metadata: ProjectMetadata) { self.metadata = metadata }

    package var name: String { "project" }
    package var tables: [TableSchema] { [.project] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let stream = try request.output.stream(piece: 0)
        try stream.append(
            Record(
                .project,
                [
                    metadata.key, metadata.jiraName, metadata.gitHubTeam, metadata.gitLabGroup, metadata.tfsCollection,
                    metadata.qualityName, metadata.mainProject, metadata.isSupportTeam ? "1" : "0",
                ]))
        try request.output.finish(stream, piece: 0)
        return SourceReport()
    }
}
