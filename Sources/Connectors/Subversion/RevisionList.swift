import Blocking

/// The revisions that changed what is gathered, ascending, and the revision at which it is looked up.
struct RevisionList: Equatable, Sendable {
    /// What is read, at a fixed revision.
    let target: String
    let revisions: [Int]

    /// Revisions after which a repository that is damaged so often is given up.
    private static let holeLimit = 100

    /// Lists the revisions of a path in a range.
    ///
    /// Subversion walks back from the last revision, and one that is damaged ends the walk: then the list ends there, and
    /// another one begins before it.
    ///
    /// - Returns: the lists, oldest first.
    static func read(
        _ svn: SubversionProgram, _ path: String, from first: Int, to last: Int, _ gaps: inout Gaps,
        _ cancellation: Cancellation
    ) throws -> [RevisionList] {
        var lists: [RevisionList] = []
        let reachable = svn.address.target(path, at: last)
        var last = last
        for _ in 0..<holeLimit where first <= last {
            let target = svn.address.target(path, at: last)
            let whole = try attempt(svn, target, from: first, to: last, reachable, cancellation)
            if let whole {
                lists.append(RevisionList(target: target, revisions: whole))
                return lists.reversed()
            }
            // From `known` on it can be listed, from `failing` on it cannot.
            var (failing, known) = (first, last + 1)
            var listed: [Int] = []
            while known - failing > 1 {
                let middle = failing + (known - failing) / 2
                if let some = try attempt(svn, target, from: middle, to: last, reachable, cancellation) {
                    (known, listed) = (middle, some)
                } else {
                    failing = middle
                }
            }
            lists.append(RevisionList(target: target, revisions: listed))
            gaps.note(.revision, failing)
            last = failing - 1
        }
        if first <= last { gaps.note(.history, last) }
        return lists.reversed()
    }

    /// - Parameter reachable: what can be had unless the repository cannot be reached at all.
    /// - Returns: `nil` where the repository can be reached, but not listed so.
    private static func attempt(
        _ svn: SubversionProgram, _ target: String, from first: Int, to last: Int, _ reachable: String,
        _ cancellation: Cancellation
    ) throws -> [Int]? {
        var revisions: [Int] = []
        let arguments = ["log", "--quiet", "--with-no-revprops", "-r", "\(first):\(last)", target]
        do {
            try svn.elements("logentry", of: arguments, cancellation) { entry in
                let number = try Revision(entry).number
                guard number >= max(first, (revisions.last ?? 0) + 1), number <= last else {
                    throw SubversionError(.unexpectedOutput, subject: "log")
                }
                revisions.append(number)
            }
            return revisions
        } catch let error as SubversionError where error.code == .failed(.missing) {
            // What is gathered was made later.
            return []
        } catch {
            try svn.requireRepository(reachable, after: error, cancellation)
            return nil
        }
    }
}
