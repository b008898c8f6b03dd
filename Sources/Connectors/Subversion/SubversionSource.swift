import Blocking
package import Gathering
package import Tables

/// A Subversion repository, read through the `svn` program: the revisions of its trunk, and its tags.
package struct SubversionSource: Source {
    private let settings: SubversionSettings

    package init(_ settings: SubversionSettings) { self.settings = settings }

    package var name: String { settings.name }
    package var tables: [TableSchema] { [.vcsVersions, .changePath, .tag] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let svn = try SubversionProgram(settings, storage: request.storage)
        let previous = try request.trackers.value(.versions, of: name).map { try Self.revision($0) } ?? 0
        request.activity.begin("looking")
        let found = try await blocking { cancellation in
            try Repository.look(svn, cancellation) { head in head != previous }
        }
        guard let found else { return SourceReport() }
        guard found.head > previous else {
            return SourceReport(gaps: [
                "the last revision is \(found.head), but revision \(previous) was gathered before; nothing was gathered"
            ])
        }
        request.activity.begin("listing")
        var (lists, gaps) = try await blocking { cancellation in
            var gaps = Gaps()
            let lists = try RevisionList.read(
                svn, found.path, from: previous + 1, to: found.head, &gaps, cancellation)
            return (lists, gaps)
        }
        var pieces = 0
        for list in lists {
            let scan = RevisionScan(svn, settings, list, request, firstPiece: pieces)
            gaps.merge(try await scan.run())
            pieces += scan.pieces
        }
        let tagGaps = try await blocking { cancellation in
            try gatherTags(
                svn, besides: svn.address.target(found.path, at: found.head), at: found.head, request, cancellation)
        }
        return SourceReport(cursors: [.init(.versions, String(found.head))], gaps: gaps.sentences + tagGaps)
    }

    package func reach(storage: String) async throws -> String? {
        do {
            let svn = try SubversionProgram(settings, storage: storage)
            let found = try await blocking { cancellation in try Repository.look(svn, cancellation) { _ in true } }
            return found.map { "revision \($0.head)" }
        } catch let error as SubversionError {
            throw SourceFault("\(error)", advice: error.advice)
        }
    }

    /// Reads a tracker's value: decimal digits, perhaps after an `r`.
    private static func revision(_ text: String) throws(SubversionError) -> Int {
        let digits = text.hasPrefix("r") ? text.dropFirst() : text[...]
        guard let revision = Int(digits), revision >= 0 else {
            throw SubversionError(.malformedTracker, subject: "tracker")
        }
        return revision
    }

    /// Writes the tags; returns what is missing among them, a sentence each.
    private func gatherTags(
        _ svn: SubversionProgram, besides target: String, at revision: Int, _ request: GatheringRequest,
        _ cancellation: Cancellation
    ) throws -> [String] {
        request.activity.begin("tags")
        let stream = try request.output.stream(piece: .max)
        var tags = TagList(repository: name)
        do {
            try tags.write(svn, at: revision, to: stream, cancellation)
        } catch {
            try svn.requireRepository(target, after: error, cancellation)
            return ["the tags could not be listed"]
        }
        try request.output.finish(stream, piece: .max)
        guard tags.undated > 0 else { return [] }
        return ["\(tags.undated == 1 ? "1 tag" : "\(tags.undated) tags") left out for want of a date"]
    }
}
