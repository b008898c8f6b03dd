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
        let target = svn.address.target(found.path, at: found.head)
        request.activity.begin("listing")
        let revisions = try await blocking { cancellation in
            try Self.list(svn, target, from: previous + 1, to: found.head, cancellation)
        }
        let gaps = try await RevisionScan(svn, settings, target, revisions, request).run()
        let tagGaps = try await blocking { cancellation in
            try gatherTags(svn, besides: target, at: found.head, request, cancellation)
        }
        return SourceReport(cursors: [.init(.versions, String(found.head))], gaps: gaps.sentences + tagGaps)
    }

    /// Reads a tracker's value: decimal digits, perhaps after an `r`.
    private static func revision(_ text: String) throws(SubversionError) -> Int {
        let digits = text.hasPrefix("r") ? text.dropFirst() : text[...]
        guard let revision = Int(digits), revision >= 0 else {
            throw SubversionError(.malformedTracker, subject: "tracker")
        }
        return revision
    }

    /// The revisions in a range that changed the target, ascending.
    private static func list(
        _ svn: SubversionProgram, _ target: String, from first: Int, to last: Int, _ cancellation: Cancellation
    ) throws -> [Int] {
        var revisions: [Int] = []
        let arguments = ["log", "--quiet", "--with-no-revprops", "-r", "\(first):\(last)", target]
        try svn.elements("logentry", of: arguments, cancellation) { entry in
            let number = try Revision(entry).number
            guard number >= max(first, (revisions.last ?? 0) + 1), number <= last else {
                throw SubversionError(.unexpectedOutput, subject: "log")
            }
            revisions.append(number)
        }
        return revisions
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
