import ForgeTestSupport
import Gathering
import QualityMetrics
import REST
import SonarQube
import Testing

@Suite(.timeLimit(.minutes(15))) struct SonarQubeTests {
    @Test func tellsTargetsDefaultsAndMeasures() async throws {
        let server = try PlatformServer(.sonarQube)
        let gathered = try Gathered()
        let found = Found()
        try await gathered.gather(server.sonar { $0.found = { found.take($0) } })
        let targets = gathered.rows("metric_targets")
        #expect(
            targets.map { $0["name"] }
                == ["metric1", "metric2", "metric3", "metric4", "new_coverage"].map { "\($0)_cömp:1" })
        #expect(targets.map { $0["target"] } == ["30", nil, nil, nil, nil])
        #expect(targets.map { $0["default"] } == [nil, "1", "1", "1", "1"])
        #expect(targets.map { $0["scale"] } == ["percentage", "duration", "rating", nil, "percentage"])
        #expect(targets.map { $0["perfect_value"] } == [nil, "0", "1", nil, nil])
        #expect(gathered.rows("metric_versions").count == 1 && gathered.rows("metric_defaults").count == 5)
        // A value that is none and one that is missing are left out; dates are the server's digits, whatever the offset.
        let measures = gathered.rows("metrics")
        #expect(measures.count == 4)
        #expect(measures.map { $0["date"] } == Array(repeating: "2024-01-01 00:00:00", count: 4))
        #expect(measures.map { $0["category"] } == ["red", "grey", "grey", "grey"])
        #expect(found.all == [.init(type: "github", name: "Cömponent", url: "https://gh.test/o/r")])
        #expect(gathered.trackers.names(.metricNames).count == 5)
    }

    @Test func tellsOnlyTargetsThatChangedAndForgetsMetrics() async throws {
        let server = try PlatformServer(.sonarQube)
        let gathered = try Gathered()
        try await gathered.gather(server.sonar { $0.until = "2024-06-05 12:00:00" })
        try await gathered.gather(server.sonar { $0.until = "2024-06-06 12:00:00" })
        #expect(gathered.rows("metric_targets").isEmpty && gathered.rows("metric_versions").isEmpty)
        #expect(gathered.rows("metrics").isEmpty)
        try await server.set("phase=2")
        // The names are those of before: one of the metrics is gone.
        try await gathered.gather(
            server.sonar {
                $0.until = "2024-01-01 00:00:00"
                $0.steps = [.history]
            })
        #expect(gathered.report.gaps.isEmpty && gathered.trackers.names(.metricNames).count == 4)
        try await gathered.gather(server.sonar { $0.until = "2024-06-07 12:00:00" })
        #expect(gathered.rows("metric_targets").map { $0["target"] } == ["20"])
        #expect(gathered.report.gaps.isEmpty)
    }

    /// A server lists 10,000 projects; here it is 100.
    @Test(arguments: [(100, 100), (150, 150), (230, 200)])
    func readsALongListOfProjectsFromBothEnds(components: Int, listed: Int) async throws {
        let server = try PlatformServer(.sonarQube, "components=\(components)&listed=100&metrics=0")
        let gathered = try Gathered()
        let found = Found()
        try await gathered.gather(
            server.sonar(scope: .everything, listLimit: 100) {
                $0.steps = [.sources]
                $0.found = { found.take($0) }
            })
        let asked = try await server.requests().count { $0.contains("navigation/component") }
        #expect(asked == listed)
        #expect(gathered.report.gaps.count == (components == listed ? 0 : 1))
        #expect(gathered.report.gaps.allSatisfy { $0.contains("\(components - listed) of the server's projects") })
    }

    @Test(arguments: [999, 1000, 2001])
    func readsAllPagesOfAHistory(analyses: Int) async throws {
        let server = try PlatformServer(.sonarQube, "analyses=\(analyses)&metrics=1")
        let gathered = try Gathered()
        try await gathered.gather(server.sonar())
        // One in four has a number of its own, one in four a zero.
        #expect(gathered.rows("metrics").count == (0..<analyses).count { [0, 3].contains($0 % 4) })
        let asked = try await server.requests().count { $0.contains("search_history") }
        #expect(asked == (analyses + 999) / 1000)
    }

    @Test func partsManyMetricsIntoAddressesThatAreNotTooLong() async throws {
        let server = try PlatformServer(.sonarQube, "metrics=400&analyses=1")
        let gathered = try Gathered()
        try await gathered.gather(server.sonar())
        #expect(gathered.rows("metrics").count == 400)
        #expect(gathered.trackers.names(.metricNames).count == 401)
        #expect(try await server.requests().allSatisfy { $0.count < 2100 })
    }

    @Test func gathersAllComponents() async throws {
        let gathered = try Gathered()
        let few = try PlatformServer(.sonarQube, "components=250&metrics=1&analyses=1")
        try await gathered.gather(few.sonar(scope: .everything))
        #expect(gathered.report.gaps.isEmpty && gathered.rows("metrics").count == 250)
    }

    @Test func findsAComponentThatTheListLeavesOut() async throws {
        let server = try PlatformServer(.sonarQube, "unlisted=1")
        let gathered = try Gathered()
        try await gathered.gather(server.sonar())
        #expect(gathered.rows("metrics").count == 4)
        let renamed = try server.sonar(scope: .component("öld:key"))
        let error = await #expect(throws: (any Error).self) { try await Gathered().gather(renamed) }
        #expect(error.map { "\($0)".contains("öld:key") } == true)
    }

    @Test(arguments: ["8.0.0.9999", "10.4", "unknown", ""])
    func namesTheOrganizationWhereItIsWanted(version: String) async throws {
        let isCloud = version.hasPrefix("8.0")
        let server = try PlatformServer(.sonarQube, "version=\(version)" + (isCloud ? "&organization=The+Prøject" : ""))
        let gathered = try Gathered()
        try await gathered.gather(server.sonar(longName: "The Prøject"))
        #expect(gathered.rows("metrics").count == 4)
        let asked = try await server.requests().filter { $0.contains("organization=") }
        #expect(asked.isEmpty == !isCloud)
    }

    @Test func bothServersOfAProjectShareTrackers() async throws {
        let quality = try PlatformServer(.qualityTime)
        let sonar = try PlatformServer(.sonarQube)
        let gathered = try Gathered()
        try await gathered.gather(quality.qualityTime { $0.until = "2024-06-05 12:00:00" })
        try await gathered.gather(sonar.sonar { $0.until = "2024-06-05 12:00:00" })
        #expect(gathered.trackers.names(.metricNames).count == 8 && gathered.trackers.targets.count == 8)
        try await gathered.gather(quality.qualityTime { $0.until = "2024-06-06 12:00:00" })
        #expect(gathered.rows("metric_targets").isEmpty && gathered.report.tombstones.isEmpty)
        #expect(gathered.trackers.names(.metricNames).count == 8)
    }
}
