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

    /// A server that does not answer is a gap, and takes nothing away from the others.
    @Test func asksQualityServersForTheirNameOfTheProject() async throws {
        struct Silent: Error {}
        func server(_ name: String, _ displayName: String?) -> QualityServer {
            QualityServer(name: name) {
                (
                    displayName: displayName,
                    revision: Trackers.Revision(
                        type: "quality-time", name: name, url: "https://\(name)", version: "2024-06-05T12:00:00+00:00")
                )
            }
        }
        var metadata = ProjectMetadata(key: "PROJ", jiraName: "PROJ")
        metadata.servers = [server("a", nil)]
        #expect(try await file(metadata).hasSuffix(#""is_support_team": false, "quality_display_name": ""}"#))
        metadata.servers = [server("a", "First"), server("b", "Größe"), QualityServer(name: "c") { throw Silent() }]
        let directory = try TemporaryDirectory()
        let report = try await gather(metadata, in: directory).report
        #expect(report.gaps.count == 1 && report.gaps[0].contains("at c"))
        var trackers = Trackers()
        for cursor in report.cursors { trackers.move(cursor, of: "project") }
        #expect(trackers.revision(.projectMetadata, of: "https://b") == "2024-06-05T12:00:00+00:00")
        #expect(
            String(decoding: trackers.json(.projectMetadata), as: UTF8.self).hasPrefix(
                #"{"sources": [{"type": "quality-time", "name": "a", "url": "https://a"}, "#))
        #expect(try await file(metadata).hasSuffix(#", "quality_display_name": "Gr\u00f6\u00dfe"}"#))
    }

    private func gather(
        _ metadata: ProjectMetadata, in directory: TemporaryDirectory
    ) async throws -> (report: SourceReport, output: SourceOutput) {
        let output = SourceOutput(directory: directory.path, secrets: nil)
        let request = GatheringRequest(
            storage: directory.path, trackers: Trackers(), sprints: .empty, output: output, activity: SourceActivity(),
            parallelism: 1)
        return (try await ProjectSource(metadata).gather(request), output)
    }

    private func file(_ metadata: ProjectMetadata) async throws -> String {
        let directory = try TemporaryDirectory()
        let output = try await gather(metadata, in: directory).output
        let table = try TableWriter.write(.project, segments: output.segments(of: .project), in: directory.path)
        var reader = try TableReader(.project, path: table.path)
        #expect(try reader.next()?.first?.values[0] == metadata.key)
        return String(decoding: try Files.read(table.path), as: UTF8.self)
    }
}
