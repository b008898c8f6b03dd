import Blocking
package import Gathering
import Processes
package import Tables
import Timestamps

/// A Git repository, read through the `git` program.
package struct GitSource: Source {
    let settings: GitSettings

    package init(_ settings: GitSettings) { self.settings = settings }

    package var name: String { settings.name }
    package var tables: [TableSchema] { [.vcsVersions, .changePath, .tag] }
    package var occasionalTables: [TableSchema] { [.vcsEvent] }

    /// Where the last gathering ended that was delivered.
    private struct Position {
        let version: String?
        let mark: ReferenceMark?

        init(_ trackers: Trackers, of name: String) {
            version = trackers.value(.versions, of: name)
            mark = version == nil ? nil : trackers.value(.references, of: name).flatMap { ReferenceMark($0) }
        }
    }

    /// What a remote that has something new looks like, and where the last gathering ended.
    private struct Found {
        let remote: Advertisement
        let head: ObjectID
        let position: Position
        let journal: EventJournal
    }

    /// The local copy is up to date, and what is to be read from it is known.
    private struct Prepared {
        /// What the history is read with.
        let git: GitProgram
        let history: History
        var journal: EventJournal
        /// Whether tags are to be told at all: they are whenever they or the history moved.
        let hasTags: Bool
        /// Where this gathering ends.
        let mark: ReferenceMark
        var report = SourceReport()
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        do {
            return try await read(request)
        } catch let error as ProcessError {
            guard case .failed = error.code, !error.lastErrorLine.isEmpty else { throw error }
            throw GitError.failed(settings.url, errors: Array(error.lastErrorLine.utf8))
        }
    }

    package func reach(storage: String) async throws -> String? {
        do {
            let git = try GitProgram(settings, storage: storage)
            let remote = try await blocking { cancellation in
                try GitRepository(git, url: settings.url, cancellation).advertisement()
            }
            return remote.branches.count == 1 ? "1 branch" : "\(remote.branches.count) branches"
        } catch let error as GitError {
            throw SourceFault(error.sentence, advice: error.advice)
        } catch let error as ProcessError {
            guard case .failed = error.code, !error.lastErrorLine.isEmpty else { throw error }
            let fault = GitError.failed(settings.url, errors: Array(error.lastErrorLine.utf8))
            throw SourceFault(fault.sentence, advice: fault.advice)
        }
    }

    private func read(_ request: GatheringRequest) async throws -> SourceReport {
        let git = try GitProgram(settings, storage: request.storage)
        let position = Position(request.trackers, of: name)
        request.activity.begin("looking")
        let remote = try await blocking { cancellation in
            try GitRepository(git, url: settings.url, cancellation).advertisement()
        }
        guard let head = remote.head else {
            let gap =
                "HEAD names a branch that does not exist, and none of the others is the obvious one: set HEAD there"
            return SourceReport(gaps: remote.branches.isEmpty ? [] : [gap])
        }
        let end = settings.tag.flatMap { remote.target(ofTag: $0) } ?? head
        let journal = try EventJournal("\(git.repository)/gathering-events", from: position.mark)
        if end.text == position.version, remote.digest == position.mark?.all, journal.events.isEmpty {
            return SourceReport()
        }
        let found = Found(remote: remote, head: head, position: position, journal: journal)
        request.activity.begin("waiting")
        let prepared = try await request.slots.occupy {
            try await blocking { cancellation in try prepare(git, found, request.activity, cancellation) }
        }
        let gaps = try await HistoryScan(prepared.git, settings, prepared.history, request).run()
        return try await blocking { cancellation in
            try finish(git, prepared, gaps, request, cancellation)
        }
    }

    /// Brings the local copy up to date and lists the commits to gather.
    private func prepare(
        _ git: GitProgram, _ found: Found, _ activity: SourceActivity, _ cancellation: Cancellation
    ) throws -> Prepared {
        let (remote, position) = (found.remote, found.position)
        var journal = found.journal
        var report = SourceReport()
        let repository = GitRepository(git, url: settings.url, cancellation)
        activity.begin("fetching")
        let before = try repository.refs()
        // Without a version the copy is what a gathering left that never counted.
        let noticed =
            position.version == nil ? [] : RefEvent.between(before ?? [:], remote.refs, date: Timestamp.now.local)
        try journal.add(noticed)
        report.gaps = try repository.follow(remote)
        activity.begin("listing")
        let tagged = try settings.tag.flatMap { tag in try repository.commit("refs/tags/\(tag)") }
        if let tag = settings.tag, tagged == nil {
            report.gaps.append("there is no tag \(tag) that leads to a commit: the whole branch was gathered")
        }
        let start = try position.version.flatMap { id in try repository.commit(id) }
        let end = tagged ?? found.head
        let forced = journal.events.first { $0.action == .forcedPush && $0.old == start && $0.new == end }
        let range = History.Range(
            start: start, end: end, countsLost: forced != nil,
            since: start == nil && tagged == nil ? settings.fromDate : nil,
            attributesBranches: !settings.skipsStatistics)
        let (history, reader) = try list(range, git, &report, cancellation)
        report.notes = try examine(&journal, repository, counted: forced.map { ($0, history.lost) })
        // A copy that knows what was told before answers for an agent that has lost its mark.
        let knownTags =
            position.mark?.tags ?? before.map { Advertisement.digest(of: $0.filter { RefName.isTag($0.key) }) }
        let hasTags =
            position.version != history.end.text || knownTags != remote.tagDigest || !journal.events.isEmpty
        let tellings = (position.mark?.tellings ?? 0) + (journal.events.isEmpty ? 0 : 1)
        return Prepared(
            git: reader, history: history, journal: journal, hasTags: hasTags,
            mark: ReferenceMark(remote, tellings: tellings),
            report: report)
    }

    /// Lists the commits; where some of them are missing, those that can be had without them, which is told.
    private func list(
        _ range: History.Range, _ git: GitProgram, _ report: inout SourceReport, _ cancellation: Cancellation
    ) throws -> (History, GitProgram) {
        var range = range
        do {
            return (try History.read(git, range, cancellation), git)
        } catch let error as GitError where error.code == .failed {
            try cancellation.check()
            if range.countsLost {
                // Of what was lost, commits may be missing.
                range.countsLost = false
                return try list(range, git, &report, cancellation)
            }
            guard let missing = try MissingParents.find(git, from: range.end, cancellation) else { throw error }
            let grafts = "\(git.repository)/gathering-grafts"
            try missing.write(to: grafts)
            report.gaps.append(missing.gap)
            let patient = git.passingOver(grafts)
            return (try History.read(patient, range, cancellation), patient)
        }
    }

    /// Writes what stands beside the commits, and says where the next gathering begins.
    private func finish(
        _ git: GitProgram, _ prepared: Prepared, _ gaps: [String], _ request: GatheringRequest,
        _ cancellation: Cancellation
    ) throws -> SourceReport {
        var prepared = prepared
        let stream = try request.output.stream(piece: .max)
        if prepared.hasTags {
            try TagList.read(git, cancellation) { tag in try stream.append(tag.record(repository: name)) }
        }
        let repository = GitRepository(git, url: settings.url, cancellation)
        let events = prepared.journal.events
        for (event, commit) in zip(events, try repository.commits(of: events.map(\.old))) {
            try stream.append(event.record(repository: name, commit: commit ?? event.old))
        }
        try request.output.finish(stream, piece: .max)
        try prepared.journal.tell(at: prepared.mark)
        var report = prepared.report
        report.cursors = [.init(.versions, prepared.history.end.text), .init(.references, prepared.mark.text)]
        report.gaps += gaps
        report.tombstones = events.filter { $0.action == .deleted }.map { event in
            Tombstone(source: name, kind: event.isTag ? "tag" : "branch", id: event.name)
        }
        return report
    }

    /// Finds out which of the moved branches were moved by force; returns a sentence for each of those.
    /// - Parameter counted: one whose lost commits were counted already, where the copy has them.
    private func examine(
        _ journal: inout EventJournal, _ repository: GitRepository, counted: (event: RefEvent, lost: Int?)?
    ) throws -> [String] {
        var notes: [String] = []
        try journal.remove { event in
            guard event.action == .forcedPush, let new = event.new else { return false }
            let lost =
                counted?.event == event
                ? counted?.lost : try repository.count(leadingTo: event.old, butNotTo: new)
            if lost == 0 { return true }
            notes.append(
                "the branch \(event.name) was pushed by force: it lost "
                    + (lost.map { "\($0) \($0 == 1 ? "commit" : "commits")" } ?? "commits")
                    + ", the newest \(event.old.text)")
            return false
        }
        return notes
    }
}
