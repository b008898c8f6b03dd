import ControllerAPI
import Delivery
import Notices
import Runs
import Schedules
import TestSupport
import Testing
import Timestamps

@Suite struct NoticeBookTests {
    private let directory: TemporaryDirectory
    private let journal: RunJournal
    private let book: NoticeBook
    private let project: ProjectKey
    private static let day = 86_400

    init() throws {
        directory = try TemporaryDirectory()
        journal = RunJournal(state: directory.path)
        book = NoticeBook(state: directory.path)
        project = try ProjectKey("DEMO")
    }

    private func run(at seconds: Int, _ outcome: RunResult.Outcome?, problem: String? = nil) async throws {
        let start = Timestamp(seconds: seconds)
        let record = RunRecord(id: RunID(at: start), project: project, cause: .schedule, start: start)
        try await journal.begin(record)
        guard let outcome else { return }
        let sources = [
            RunResult.Source(name: "web", outcome: outcome, problems: problem.map { [$0] } ?? [], seconds: 1)
        ]
        try await journal.end(
            record.id,
            RunResult(
                end: Timestamp(seconds: seconds + 10), outcome: outcome, problem: problem, advice: "Look.",
                sources: sources))
    }

    /// Tells all that is to be told at a moment.
    private func tell(at seconds: Int) async throws -> [Condition] {
        let now = Timestamp(seconds: seconds)
        let notices = try await book.due(
            of: [project], schedule: Schedule("24h"), watchedSince: Timestamp(seconds: 0), now: now)
        for notice in notices { try await book.note(notice, at: now) }
        return notices.map(\.condition)
    }

    @Test func eachChangeIsToldOnce() async throws {
        #expect(try await tell(at: 10) == [])
        try await run(at: 100, .complete)
        #expect(try await tell(at: 200) == [])
        try await run(at: 300, .failed, problem: "the server is away")
        #expect(try await tell(at: 400) == [.failing])
        try await run(at: 500, .failed, problem: "the server is away")
        #expect(try await tell(at: 600) == [])
        try await run(at: 700, .notNow)
        #expect(try await tell(at: 800) == [])
        try await run(at: 900, .partial, problem: "a file is missing")
        #expect(try await tell(at: 1000) == [.well])
        #expect(try await tell(at: 1001) == [])
    }

    @Test func aRunThatDoesNotComeOrDoesNotEndIsOverdue() async throws {
        // Two moments, each a day apart at most, and three hours.
        let patience = 2 * Self.day + 3 * 3600
        #expect(try await tell(at: Self.day) == [])
        #expect(try await tell(at: patience + 1) == [.overdue])
        try await run(at: patience + 100, .notNow)
        #expect(try await tell(at: patience + 200) == [.well])
        try await run(at: patience + 300, nil)
        #expect(try await tell(at: patience + 300 + Self.day) == [])
        #expect(try await tell(at: patience * 2 + 301) == [.overdue])
    }

    @Test func withoutAScheduleNothingIsOverdue() async throws {
        let now = Timestamp(seconds: 1000 * Self.day)
        #expect(
            try await book.due(of: [project], schedule: nil, watchedSince: Timestamp(seconds: 0), now: now).isEmpty)
    }

    @Test func aNoticeSaysWhatHappenedAndWhatToDo() async throws {
        try await run(at: 300, .failed, problem: "the server is away")
        let notice = try #require(
            try await book.due(
                of: [project], schedule: nil, watchedSince: Timestamp(seconds: 0), now: Timestamp(seconds: 400)
            ).first)
        #expect(notice.subject(from: "agent DEMO on host") == "agent DEMO on host: gathering DEMO failed")
        for line in [
            "The last gathering of DEMO failed.", "Problem: the server is away", "Look.",
            "began at 1970-01-01T00:05:00Z",
            "Source web: the server is away",
        ] {
            #expect(notice.text.contains(line), "\(notice.text)")
        }
    }
}
