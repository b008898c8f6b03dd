import Blocking
package import Gathering
import Processes
package import Tables
import Timestamps

/// A Git repository, read through the `git` program.
package struct GitSource: Source {
    private let settings: GitSettings

    package init(_ settings: GitSettings) { self.settings = settings }

    package var name: String { settings.name }
    package var tables: [TableSchema] { [.vcsVersions, .changePath, .tag] }
    package var occasionalTables: [TableSchema] { [.vcsEvent] }

    /// The local copy is up to date, and what is to be read from it is known.
    private struct Prepared {
        let history: History
        var journal: EventJournal
        var report = SourceReport()
    }

    private enum Preparation {
        case nothing(SourceReport)
        case something(Prepared)
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        do {
            return try await read(request)
        } catch let error as ProcessError {
            guard case .failed = error.code, !error.lastErrorLine.isEmpty else { throw error }
            throw GitError.failed(settings.url, errors: Array(error.lastErrorLine.utf8))
        }
    }

    private func read(_ request: GatheringRequest) async throws -> SourceReport {
        let git = try GitProgram(settings, storage: request.storage)
        let previous = request.trackers.value(.versions, of: name)
        let found = try await blocking { cancellation in
            try prepare(git, previous, request.activity, cancellation)
        }
        let prepared: Prepared
        switch found {
        case .nothing(let report): return report
        case .something(let found): prepared = found
        }
        let gaps = try await HistoryScan(git, settings, prepared.history, request).run()
        return try await blocking { cancellation in
            let stream = try request.output.stream(piece: .max)
            try TagList.read(git, cancellation) { tag in try stream.append(tag.record(repository: name)) }
            let repository = GitRepository(git, url: settings.url, cancellation)
            let events = prepared.journal.events
            for (event, commit) in zip(events, try repository.commits(of: events.map(\.old))) {
                try stream.append(event.record(repository: name, commit: commit ?? event.old))
            }
            try request.output.finish(stream, piece: .max)
            let end = prepared.history.end.text
            var journal = prepared.journal
            try journal.report(from: previous, to: end)
            var report = prepared.report
            report.cursors = [.init(.versions, end)]
            report.gaps += gaps
            return report
        }
    }

    /// Brings the local copy up to date and lists the commits to gather.
    private func prepare(
        _ git: GitProgram, _ previous: String?, _ activity: SourceActivity, _ cancellation: Cancellation
    ) throws -> Preparation {
        activity.begin("looking")
        let repository = GitRepository(git, url: settings.url, cancellation)
        let remote = try repository.advertisement()
        guard let head = remote.head else {
            let gap =
                "HEAD names a branch that does not exist, and none of the others is the obvious one: set HEAD there"
            return .nothing(SourceReport(gaps: remote.branches.isEmpty ? [] : [gap]))
        }
        var journal = try EventJournal("\(git.repository)/gathering-events", from: previous)
        let before = try repository.refs()
        let hasSameTags = before.map { $0.filter { $0.key.starts(with: "refs/tags/".utf8) } == remote.tags } ?? true
        if head.text == previous, hasSameTags, !journal.isWaiting { return .nothing(SourceReport()) }
        activity.begin("fetching")
        // Without a version the copy is what a gathering left that never counted.
        let noticed = previous == nil ? [] : RefEvent.between(before ?? [:], remote.refs, date: Timestamp.now.local)
        try journal.add(noticed)
        try repository.fetch(remote)
        var report = SourceReport()
        report.notes = try examine(&journal, repository)
        activity.begin("listing")
        let tagged = try settings.tag.flatMap { tag in try repository.commit("refs/tags/\(tag)") }
        if let tag = settings.tag, tagged == nil {
            report.gaps.append("there is no tag \(tag) that leads to a commit: the whole branch was gathered")
        }
        let start = try previous.flatMap { id in try repository.commit(id) }
        let history = try History.read(
            git, from: start, to: tagged ?? head, since: start == nil && tagged == nil ? settings.fromDate : nil,
            attributesBranches: !settings.skipsStatistics, cancellation)
        return .something(Prepared(history: history, journal: journal, report: report))
    }

    /// Finds out which of the moved branches were moved by force; returns a sentence for each of those.
    private func examine(_ journal: inout EventJournal, _ repository: GitRepository) throws -> [String] {
        var notes: [String] = []
        try journal.remove { event in
            guard event.action == .forcedPush, let new = event.new else { return false }
            let lost = try repository.countCommits(leadingTo: event.old, butNotTo: new)
            if lost == 0 { return true }
            notes.append(
                "the branch \(event.name) was pushed by force: it lost "
                    + (lost.map { "\($0) \($0 == 1 ? "commit" : "commits")" } ?? "commits")
                    + ", the newest \(event.old.text)")
            return false
        }
        try repository.keep(journal.events.map(\.old))
        return notes
    }
}
