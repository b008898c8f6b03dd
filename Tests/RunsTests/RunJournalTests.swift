import ControllerAPI
import Delivery
import Files
import Runs
import SQLite
import TestSupport
import Testing
import Timestamps

@Suite struct RunJournalTests {
    private let directory: TemporaryDirectory
    private let journal: RunJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = RunJournal(state: directory.path)
    }

    private func run(_ project: String, at seconds: Int, _ cause: RunCause = .schedule) throws -> RunRecord {
        let start = Timestamp(seconds: seconds)
        return RunRecord(id: RunID(at: start), project: try ProjectKey(project), cause: cause, start: start)
    }

    private func ended(_ run: RunRecord, _ result: RunResult) -> RunRecord {
        RunRecord(id: run.id, project: run.project, cause: run.cause, start: run.start, result: result)
    }

    @Test func whereNothingWasGatheredThereIsNothing() async throws {
        #expect(try await journal.latest(10) == [])
        #expect(try await journal.run(RunID()) == nil)
        #expect(try Files.list(directory.path) == [])
    }

    @Test func givesBackWhatWasNoted() async throws {
        let first = try run("DEMO", at: 1000)
        try await journal.begin(first)
        #expect(try await journal.latest(10) == [first])
        let result = RunResult(
            end: Timestamp(seconds: 1060), outcome: .partial, problem: "a commit is broken", advice: "Look at it.",
            sources: [.init(name: "demo", outcome: .partial, problems: ["a \"commit\"", "Grüße"], seconds: 1.5)],
            rows: 12, bytes: 3456)
        try await journal.end(first.id, result)
        #expect(try await journal.run(first.id) == ended(first, result))

        let other = try run("OTHER", at: 2000, .trigger)
        try await journal.begin(other)
        try await journal.end(other.id, RunResult(end: Timestamp(seconds: 2001), outcome: .notNow))
        let third = try run("DEMO", at: 3000, .request)
        try await journal.begin(third)
        #expect(try await journal.latest(2).map(\.id) == [third.id, other.id])
        #expect(try await journal.latest(9, of: third.project).map(\.id) == [third.id, first.id])
        #expect(try await journal.latestOfEach().map(\.id) == [third.id, other.id])
        #expect(try await journal.latestOfEach(.partial).map(\.id) == [first.id])
    }

    @Test func aRunThatWasCutOffHasFailedOnceTheNextBegins() async throws {
        let cutOff = try run("DEMO", at: 1000)
        try await journal.begin(cutOff)
        let next = try run("DEMO", at: 2000)
        try await journal.begin(next)
        let result = try #require(try await journal.run(cutOff.id)?.result)
        #expect(result.outcome == .failed)
        #expect(result.problem == "the agent ended before the run did")
        #expect(try await journal.run(next.id)?.result == nil)
    }

    @Test func aWishWaitsUntilARunGrantsIt() async throws {
        let (demo, other) = (try ProjectKey("DEMO"), try ProjectKey("OTHER"))
        func wish(_ number: Int, _ projects: ProjectKey...) -> TakenWish {
            TakenWish(
                trigger: number, projects: projects, controller: "controller.example",
                taken: Timestamp(seconds: number * 100))
        }
        #expect(try await journal.wishes() == [])
        try await journal.take(wish(3, demo, other))
        #expect(try await journal.wishes() == [wish(3, demo, other)])
        // A later wish takes the place of an earlier one for the same project.
        try await journal.take(wish(5, other))
        #expect(try await journal.wishes() == [wish(3, demo), wish(5, other)])

        // Neither a run that the clock wanted nor one for an earlier wish grants it.
        try await journal.begin(try run("DEMO", at: 1000))
        try await journal.begin(try run("OTHER", at: 1001, .trigger), granting: 3)
        #expect(try await journal.wishes() == [wish(3, demo), wish(5, other)])
        try await journal.begin(try run("DEMO", at: 1002, .trigger), granting: 3)
        #expect(try await journal.wishes() == [wish(5, other)])
        try await journal.drop(wish(5, other))
        #expect(try await journal.wishes() == [])
    }

    @Test func sharesItsDatabaseWithTheOutbox() async throws {
        let configuration = Outbox.Configuration(
            database: "\(directory.path)/agent.sqlite", directory: "\(directory.path)/outbox", limit: 1000)
        let before = try run("DEMO", at: 1000)
        try await journal.begin(before)
        let outbox = try await Outbox.open(configuration)
        try await journal.end(before.id, RunResult(end: before.start, outcome: .complete))
        #expect(try await outbox.entries() == [])
        #expect(try await journal.latest(10).count == 1)
    }

    @Test func aDatabaseOfANewerVersionIsLeftAlone() throws {
        let connection = try Connection("\(directory.path)/agent.sqlite")
        try connection.migrate(["CREATE TABLE a (b)", "CREATE TABLE c (d)"], part: "runs")
        #expect(throws: SQLiteError.self) { try connection.migrate(["CREATE TABLE a (b)"], part: "runs") }
        #expect(try connection.version(of: "runs") == 2)
        #expect(try connection.version(of: "others") == 0)
    }

    /// Whoever asks again and again pushes nothing out of the journal.
    @Test func whatIsRefusedAgainTakesThePlaceOfTheOneBefore() async throws {
        func refuse(_ project: String, at seconds: Int, _ problem: String, _ cause: RunCause = .trigger) async throws {
            let result = RunResult(end: Timestamp(seconds: seconds), outcome: .notNow, problem: problem)
            try await journal.refuse(try run(project, at: seconds, cause), result)
        }
        let done = try run("DEMO", at: 1000)
        try await journal.begin(done)
        try await journal.end(done.id, RunResult(end: Timestamp(seconds: 1001), outcome: .complete))
        for number in 0..<20 { try await refuse("DEMO", at: 2000 + number, "at night only") }
        try await refuse("OTHER", at: 2100, "at night only")
        for number in 0..<20 { try await refuse("DEMO", at: 2200 + number, "once a day only") }
        try await refuse("DEMO", at: 2300, "once a day only", .schedule)
        let all = try await journal.latest(100)
        #expect(all.map { $0.start.seconds } == [2300, 2219, 2100, 2019, 1000])
        #expect(all.first?.result?.outcome == .notNow && all.first?.result?.sources == [])
        #expect(try await journal.latestOfEach(.complete).map(\.id) == [done.id])
    }

    @Test func forgetsNoProjectsRunsForAnother() async throws {
        // The history is one for all: far longer than here.
        for number in 0..<50 { try await journal.begin(try run("DEMO", at: number)) }
        #expect(try await journal.latest(100).count == 50)
    }
}
