package import Tables

/// A repository on a platform: its commits by one source, and what the platform knows by another, under one name.
///
/// Either may fail while the other counts: the run is partial then. Where both fail, the source fails.
package struct CombinedSource: Source {
    private let commits: any Source
    private let platform: any Source

    package init(commits: any Source, platform: any Source) {
        self.commits = commits
        self.platform = platform
    }

    package var name: String { commits.name }

    package var tables: [TableSchema] {
        commits.tables + platform.tables.filter { !commits.tables.contains($0) }
    }

    package var occasionalTables: [TableSchema] {
        let all = commits.occasionalTables + platform.occasionalTables.filter { !commits.occasionalTables.contains($0) }
        return all.filter { !tables.contains($0) }
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        var report = SourceReport()
        let first = try await attempt(commits, "commits", request, &report)
        let second = try await attempt(platform, "platform", request, &report)
        if let first, let second { throw Failure(platform: "\(second)", commits: "\(first)") }
        return report
    }

    package func reach(storage: String) async throws -> String? {
        let first = try await platform.reach(storage: storage)
        let second = try await commits.reach(storage: storage)
        let both = [first, second].compactMap(\.self)
        return both.isEmpty ? nil : both.joined(separator: ", ")
    }

    /// Neither part could be read. What the platform says comes first: it knows why.
    private struct Failure: Error, CustomStringConvertible {
        let platform: String
        let commits: String
        var description: String { "\(platform); \(commits)" }
    }

    /// Returns the error that the part failed with.
    private func attempt(
        _ source: any Source, _ part: String, _ request: GatheringRequest, _ report: inout SourceReport
    ) async throws -> (any Error)? {
        let output = try request.output.part(part)
        do {
            let found = try await source.gather(request.with(output))
            request.output.take(output)
            report.cursors += found.cursors
            report.gaps += found.gaps
            report.notes += found.notes
            report.coverage += found.coverage
            report.tombstones += found.tombstones
            return nil
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            report.gaps.append("\(error)")
            report.coverage.append(Coverage(source: name, resource: part, gaps: ["\(error)"]))
            return error
        }
    }
}

extension GatheringRequest {
    /// The same with another place for what comes of it.
    fileprivate func with(_ output: SourceOutput) -> GatheringRequest {
        GatheringRequest(
            storage: storage, trackers: trackers, sprints: sprints, output: output, activity: activity,
            parallelism: parallelism, slots: slots)
    }
}
