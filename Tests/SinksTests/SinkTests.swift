import ControllerAPI
import Database
import Files
import Fleet
import Sinks
import TestSupport
import Testing

/// Rows go from either store to files, and over HTTP to a server that answers as a cluster does.
@Suite struct SinkTests {
    @Test(arguments: SinkBench.Backend.allCases)
    func eachBundleBecomesFilesOnce(backend: SinkBench.Backend) async throws {
        let bench = try SinkBench(backend)
        let worker = try bench.worker(bench.files)
        // More than are read at once.
        let (first, second) = (try bench.importTags(4500), try bench.importTags(2, from: 4501))
        #expect(try await worker.drain() == 2)
        let lines = try bench.lines(second)
        #expect(lines.count == 2)
        let begin = #"{"project":"DEMO","repo_name":"demo","tag_name":"v4501","version_id":"abc","message":null,"#
        #expect(lines.contains { $0.hasPrefix(begin) }, "\(lines)")
        #expect(Set(try bench.lines(first)).count == 4500)
        #expect(try await worker.drain() == 0)
        // A bundle that brings nothing is taken too.
        _ = try bench.importTags(0)
        #expect(try await worker.drain() == 1)

        // As after a crash between the sink's answer and the note of it.
        try bench.store.execute("DELETE FROM controller_sunk WHERE run = ?", second.text)
        #expect(try await worker.drain() == 1)
        #expect(try bench.lines(second) == lines)
        #expect(try Files.list("\(bench.directory.path)/ndjson/tag").count == 2)
    }

    @Test(arguments: SinkBench.Backend.allCases)
    func aClusterHasEachRowOnceWhateverGoesWrong(backend: SinkBench.Backend) async throws {
        let bench = try SinkBench(backend)
        let cluster = try Cluster(in: bench.directory)
        let worker = try bench.worker(try cluster.sink())
        let run = try bench.importTags(6)
        // The whole request, twice; some of its rows; the request as too large, and then both halves of it.
        try cluster.fail(#"[503, 429, {"0": 429, "4": 429}, 413]"#)
        #expect(try await worker.drain() == 1)
        let tags = try cluster.tags()
        #expect(tags.values.sorted() == ["v1", "v2", "v3", "v4", "v5", "v6"])
        #expect(tags.keys.allSatisfy { $0.hasPrefix("gathering-tag/") && $0.utf8.count == 14 + 64 })
        #expect(try cluster.requests() == 6)
        #expect(cluster.pauses.all == [1, 7, 4])

        // Sent again, each replaces itself; a row that changed does, too.
        try bench.store.execute("DELETE FROM controller_sunk WHERE run = ?", run.text)
        _ = try bench.importTags(1, from: 6)
        #expect(try await worker.drain() == 2)
        #expect(try cluster.tags() == tags)
    }

    @Test(arguments: SinkBench.Backend.allCases)
    func rowsThatDoNotFitAreCountedAndTheOthersGoOn(backend: SinkBench.Backend) async throws {
        let bench = try SinkBench(backend)
        let cluster = try Cluster(in: bench.directory)
        let worker = try bench.worker(try cluster.sink())
        _ = try bench.importTags(3)
        try cluster.fail(#"[{"1": 400}]"#)
        #expect(try await worker.drain() == 1)
        #expect(try cluster.tags().count == 2)
        let figures = try await bench.fleet.figures()
        #expect(figures.sinks.map(\.rejected) == [1] && figures.sinks.map(\.waiting) == [0])
        #expect(cluster.pauses.all.isEmpty)
    }

    @Test(arguments: SinkBench.Backend.allCases)
    func oneThatTakesNothingHoldsUpNoOther(backend: SinkBench.Backend) async throws {
        let bench = try SinkBench(backend)
        let cluster = try Cluster(in: bench.directory)
        let (denied, files) = (try bench.worker(try cluster.sink(password: "wrong")), try bench.worker(bench.files))
        _ = try bench.importTags(2)
        let error = try await #require(throws: SinkError.self) { try await denied.drain() }
        #expect(error.code == .denied && !error.description.contains("wrong"))
        #expect(try await files.drain() == 1)
        let sinks = try await bench.fleet.figures().sinks
        #expect(sinks.map(\.name) == ["ndjson", "opensearch"])
        #expect(sinks.map(\.waiting) == [0, 1] && sinks.map { $0.waitingSince != nil } == [false, true])
        #expect(sinks.map(\.fault) == [nil, "\(error)"])

        // With the right login it goes on where it was, and there is no fault any more.
        let allowed = try bench.worker(try cluster.sink())
        #expect(try await allowed.drain() == 1)
        #expect(try await bench.fleet.figures().sinks.allSatisfy { $0.fault == nil && $0.waiting == 0 })

        // One that is no longer wanted is no longer shown, and goes on where it was when it comes back.
        try Sinks.keep(["ndjson"], in: bench.location)
        #expect(try await bench.fleet.figures().sinks.map(\.name) == ["ndjson"])
        #expect(try await bench.worker(try cluster.sink()).drain() == 0)
    }

    @Test func aClusterThatIsBusyForLongMakesTheBundleWait() async throws {
        let bench = try SinkBench(.sqlite)
        let cluster = try Cluster(in: bench.directory)
        let worker = try bench.worker(try cluster.sink())
        _ = try bench.importTags(1)
        try cluster.fail("[503, 503, 503, 503, 503, 503, 503, 503]")
        let error = try await #require(throws: SinkError.self) { try await worker.drain() }
        #expect(error.code == .busy)
        #expect(cluster.pauses.all == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(try await worker.drain() == 1)
        #expect(try cluster.tags().count == 1)
    }

    @Test func ofSeveralControllersOneWorksForASink() async throws {
        let bench = try SinkBench(.postgreSQL)
        let worker = try bench.worker(bench.files)
        let run = try bench.importTags(1)
        try bench.store.execute("UPDATE controller_sinks SET holder = 'another', held_until = 9999999999")
        #expect(try await worker.drain() == 0)
        // The other one ended without a word.
        try bench.store.execute("UPDATE controller_sinks SET held_until = 1")
        #expect(try await worker.drain() == 1)
        #expect(try bench.lines(run).count == 1)
    }
}
