import Blocking
package import Gathering
package import Tables

/// A Git repository, read through the `git` program.
package struct GitSource: Source {
    private let settings: GitSettings

    package init(_ settings: GitSettings) { self.settings = settings }

    package var name: String { settings.name }
    package var tables: [TableSchema] { [.vcsVersions, .changePath, .tag] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let git = try GitProgram(settings, storage: request.storage)
        let previous = request.trackers.value(.versions, of: name)
        let prepared = try await blocking { cancellation in
            try prepare(git, previous, request.activity, cancellation)
        }
        guard let history = prepared else { return SourceReport() }
        let gaps = try await HistoryScan(git, settings, history, request).run()
        try await blocking { cancellation in
            let stream = try request.output.stream(piece: .max)
            try TagList.read(git, cancellation) { tag in try stream.append(tag.record(repository: name)) }
            try request.output.finish(stream, piece: .max)
        }
        return SourceReport(cursors: [.init(.versions, history.end.text)], gaps: gaps)
    }

    /// Brings the local copy up to date and lists the commits to gather; `nil` when there is nothing new.
    private func prepare(
        _ git: GitProgram, _ previous: String?, _ activity: SourceActivity, _ cancellation: Cancellation
    ) throws -> History? {
        activity.begin("looking")
        let repository = GitRepository(git, url: settings.url, cancellation)
        let remote = try repository.advertisement()
        guard let head = remote.head else { return nil }
        if head.text == previous, try repository.hasTags(of: remote) { return nil }
        activity.begin("fetching")
        try repository.fetch(remote)
        activity.begin("listing")
        let tagged = try settings.tag.flatMap { tag in try repository.commit("refs/tags/\(tag)") }
        let start = try previous.flatMap { id in try repository.commit(id) }
        return try History.read(
            git, from: start, to: tagged ?? head, since: start == nil && tagged == nil ? settings.fromDate : nil,
            attributesBranches: !settings.skipsStatistics, cancellation)
    }
}
