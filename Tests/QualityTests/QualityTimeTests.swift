import ForgeTestSupport
import Gathering
import QualityMetrics
import REST
import Tables
import Testing
import Timestamps

@Suite(.timeLimit(.minutes(15))) struct QualityTimeTests {
    private static func metric(_ number: Int) -> String { "3ddbacd8-882c-4c0c-8f63-00000000000\(number)" }

    @Test func tellsTargetsTheirChangesDefaultsAndMeasurements() async throws {
        let server = try PlatformServer(.qualityTime)
        let gathered = try Gathered()
        let found = Found()
        try await gathered.gather(server.qualityTime { $0.found = { found.take($0) } })
        let first = gathered.rows("metric_targets").filter { $0["name"] == Self.metric(1) }
        #expect(first.count == 2)
        // The change of the direction came before that of the target, which nobody had set.
        #expect(first.map { $0["target"] } == ["0", "40000"])
        #expect(first.map { $0["direction"] } == ["-1", "-1"])
        #expect(first.map { $0["revision"] } == ["2024-05-04T10:00:00+00:00", "2024-05-04T11:00:00+00:00"])
        #expect(first.allSatisfy { $0["domain_name"] == "Söftware" && $0["number_of_sources"] == "5" })
        #expect(first.allSatisfy { $0["scale"] == "count" && $0["comment"] == "Cömment" })
        // It is as the model says; a null direction is the model's.
        let second = gathered.rows("metric_targets").filter { $0["name"] == Self.metric(2) }
        #expect(second.map { $0["default"] } == ["1"] && second[0]["target"] == nil)
        let versions = gathered.rows("metric_versions")
        #expect(versions.map { $0["developer"] } == ["Jäne changed Doe", "Jäne changed Doe", nil])
        #expect(versions.map { $0["email"] } == ["0", "jane@example.test", nil])
        #expect(gathered.rows("metric_defaults").map { $0["base_name"] } == ["coverage", "loc"])
        #expect(gathered.rows("metric_defaults")[0]["target_value"] == nil)
        #expect(gathered.rows("metric_defaults")[0]["direction"] == "1")
        let values = gathered.rows("metrics").filter { $0["name"] == Self.metric(1) }
        #expect(values.map { $0["value"] } == ["7", "-1"])
        #expect(values.map { $0["category"] } == ["target_met", "unknown"])
        #expect(values[1]["date"] == Timestamp(rfc3339: "2024-05-03T10:00:00Z")?.local)
        #expect(values[1]["since_date"] == nil)
        // Fractions count.
        #expect(gathered.rows("metrics").filter { $0["name"] == Self.metric(2) }.map { $0["value"] } == ["8.5", "-1"])
        #expect(
            found.all == [
                .init(type: "sonar", name: "Söftware", url: "https://sonar.test/"),
                .init(type: "gitlab", name: "Söftware", url: "https://gl.test/grøup/name"),
                .init(type: "tfs", name: "Söftware", url: "https://tfs.test/c/P/_git/Repo"),
            ])
        #expect(gathered.rows("source_ids").map { $0["source_id"] } == ["cömp"])
        #expect(gathered.trackers.names(.metricNames).count == 3)
        #expect(try await server.requests().allSatisfy { $0.contains(" /q/api/internal/") })
    }

    @Test func tellsOnlyWhatIsNewTheNextTime() async throws {
        let server = try PlatformServer(.qualityTime)
        let gathered = try Gathered()
        func source(_ until: String) throws -> any Source { try server.qualityTime { $0.until = until } }
        try await gathered.gather(source("2024-06-05 12:00:00"))
        try await gathered.gather(source("2024-06-06 12:00:00"))
        #expect(gathered.rows("metric_targets").isEmpty && gathered.rows("metric_versions").isEmpty)
        #expect(gathered.rows("metrics").isEmpty)
        try await server.set("phase=2")
        try await gathered.gather(source("2024-06-15 12:00:00"))
        #expect(gathered.rows("metric_targets").map { $0["target"] } == ["45000"])
        #expect(gathered.rows("metric_targets").map { $0["revision"] } == ["2024-06-10T09:59:00+00:00"])
        #expect(gathered.rows("metrics").map { $0["value"] } == ["9", "-1"])
        // The metric that left its report is asked for a last time, and no error.
        #expect(gathered.report.gaps.isEmpty)
        #expect(gathered.report.tombstones.map(\.id) == [Self.metric(3)])
        #expect(gathered.trackers.names(.metricNames).count == 2)
        #expect(gathered.trackers.targets.count == 2)
    }

    @Test func readsMoreChangesThanTheServerTellsAtOnce() async throws {
        let server = try PlatformServer(.qualityTime)
        let gathered = try Gathered()
        try await gathered.gather(server.qualityTime { $0.until = "2024-06-05 12:00:00" })
        try await server.set("phase=2&many=1")
        try await gathered.gather(server.qualityTime { $0.until = "2024-06-15 12:00:00" })
        #expect(gathered.rows("metric_targets").count == 25)
        #expect(Set(gathered.rows("metric_targets").map { $0["target"] }).count == 25)
        #expect(gathered.rows("metric_targets").last?["target"] == "45000")
    }

    @Test func aStepThatFailsLeavesItsTrackerAndTheOthersCount() async throws {
        let server = try PlatformServer(.qualityTime)
        let gathered = try Gathered()
        try await server.set("gone=changelog")
        try await gathered.gather(server.qualityTime())
        #expect(gathered.report.gaps.count == 1)
        #expect(gathered.rows("metric_targets").isEmpty && gathered.rows("source_ids").count == 1)
        #expect(gathered.trackers.holds(.projectSources) && !gathered.trackers.holds(.measurements))
        #expect(!gathered.trackers.holds(.metricOptions) && !gathered.trackers.holds(.metricNames))
        try await server.set("")
        try await gathered.gather(server.qualityTime())
        #expect(gathered.report.gaps.isEmpty && gathered.rows("metric_targets").count == 4)
        #expect(gathered.rows("metrics").count == 6)
    }

    @Test func aReportThatIsGoneMovesNothing() async throws {
        let server = try PlatformServer(.qualityTime)
        let source = try server.qualityTime("/q/018b0b22-1bac-45b9-9f4d-ad898a7c47e0") {
            $0.steps = [.sources, .options]
        }
        let error = await #expect(throws: (any Error).self) { try await Gathered().gather(source) }
        #expect(error.map { "\($0)".contains("018b0b22") } == true)
        try await server.set("revoked=1")
        let refused = try server.qualityTime()
        await #expect(throws: RESTError.self) { try await Gathered().gather(refused) }
    }

    @Test func trackersOfBothStepsAreThoseOfTheOlderAgents() async throws {
        let server = try PlatformServer(.qualityTime, "metrics=1")
        let gathered = try Gathered()
        try await gathered.gather(server.qualityTime { $0.until = "2024-06-05 12:00:00" })
        let url = "\(server.address)/q/\(PlatformServer.report)"
        #expect(
            String(decoding: gathered.trackers.json(.measurements), as: UTF8.self)
                == #"{"sources": [{"type": "quality-time", "name": "Q\u00fcality", "url": "\#(url)"}], "versions": {"\#(url)": "2024-06-05T12:00:00+00:00"}}"#
        )
        for file in [Trackers.File.measurements, .metricOptions, .metricNames] {
            var read = Trackers()
            try read.load(file, json: gathered.trackers.json(file))
            #expect(read.json(file) == gathered.trackers.json(file))
        }
        #expect(
            String(decoding: gathered.trackers.json(.metricNames), as: UTF8.self)
                == #"{"\#(Self.metric(1))": {"base_name": "loc", "domain_name": "S\u00f6ftware", "domain_type": "software", "scale": "count"}}"#
        )
    }
}
