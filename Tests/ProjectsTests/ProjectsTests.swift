import Files
import Gathering
import Projects
import Tables
import TestSupport
import Testing

@Suite struct ProjectsTests {
    /// Byte for byte what importers of the older agents' files read.
    @Test func writesOneObjectWithNullForWhatDoesNotApply() async throws {
        var metadata = ProjectMetadata(key: "PROJ", jiraName: "PROJ")
        metadata.qualityName = "The Project"
        #expect(
            try await file(metadata)
                == #"{"jira_key": "PROJ", "jira_name": "PROJ", "github_team": null, "gitlab_group_name": null, "tfs_collection": null, "quality_name": "The Project", "main_project": null, "is_support_team": false}"#
        )
        metadata.qualityName = nil
        metadata.mainProject = "MAIN"
        metadata.isSupportTeam = true
        #expect(
            try await file(metadata).hasSuffix(
                #""quality_name": null, "main_project": "MAIN", "is_support_team": true}"#))
    }

    private func file(_ metadata: ProjectMetadata) async throws -> String {
        let directory = try TemporaryDirectory()
        let output = SourceOutput(directory: directory.path, secrets: nil)
        let request = GatheringRequest(
            storage: directory.path, trackers: Trackers(), sprints: .empty, output: output, activity: SourceActivity(),
            parallelism: 1)
        _ = try await ProjectSource(metadata).gather(request)
        let table = try TableWriter.write(.project, segments: output.segments(of: .project), in: directory.path)
        var reader = try TableReader(.project, path: table.path)
        #expect(try reader.next()?.first?.values[0] == metadata.key)
        return String(decoding: try Files.read(table.path), as: UTF8.self)
    }
}
