import Gathering
import Tables
import TestSupport
import Testing

@Suite struct CombinedSourceTests {
    private struct Part: Source {
        let name = "repo"
        let tables: [TableSchema]
        let error: String?
        struct Fault: Error, CustomStringConvertible { let description: String }

        func gather(_ request: GatheringRequest) async throws -> SourceReport {
            if let error { throw Fault(description: error) }
            return SourceReport(cursors: [.init(.versions, tables[0].name)])
        }
    }

    private func gather(_ commits: String?, _ platform: String?) async throws -> SourceReport {
        let directory = try TemporaryDirectory()
        let source = CombinedSource(
            commits: Part(tables: [.tag], error: commits), platform: Part(tables: [.mergeRequest], error: platform))
        #expect(source.tables == [.tag, .mergeRequest])
        return try await source.gather(
            GatheringRequest(
                storage: directory.path, trackers: Trackers(), sprints: .empty,
                output: SourceOutput(directory: directory.path, secrets: nil), activity: SourceActivity(),
                parallelism: 1))
    }

    @Test func countsBothParts() async throws {
        #expect(try await gather(nil, nil).cursors.map(\.value) == ["tag", "merge_request"])
    }

    @Test func keepsOnePartWhereTheOtherFails() async throws {
        let report = try await gather(nil, "no token")
        #expect(report.cursors.map(\.value) == ["tag"] && report.gaps == ["no token"])
        #expect(report.coverage.map(\.resource) == ["platform"])
        #expect(try await gather("no clone", nil).gaps == ["no clone"])
    }

    @Test func failsWhereBothDo() async {
        let error = await #expect(throws: (any Error).self) { try await gather("no clone", "no token") }
        #expect(error.map { "\($0)" } == "no token; no clone")
    }
}
