import Blocking
import XML

/// What is gathered of a repository, as `svn info` finds it.
struct Repository: Equatable, Sendable {
    /// The last revision of the whole repository.
    let head: Int
    /// Whether there is a directory `trunk`, which alone is gathered then.
    let hasTrunk: Bool

    /// The path of what is gathered, below the address.
    var path: String { hasTrunk ? "trunk" : "" }

    /// Asks for the last revision, and only where that is `news` whether there is a trunk.
    ///
    /// - Returns: `nil` when the last revision is no news.
    static func look(
        _ svn: SubversionProgram, _ cancellation: Cancellation, isNews: (_ head: Int) -> Bool
    ) throws -> Repository? {
        let address = svn.address
        if address.namesTrunk, let head = try revision(of: address.target("trunk"), svn, cancellation) {
            return isNews(head) ? Repository(head: head, hasTrunk: true) : nil
        }
        do {
            guard let head = try revision(of: address.target(), svn, cancellation) else {
                throw SubversionError(.failed(.missing), subject: "info")
            }
            guard isNews(head) else { return nil }
            let hasTrunk = try !address.namesTrunk && isThere(address.target("trunk", at: head), svn, cancellation)
            return Repository(head: head, hasTrunk: hasTrunk)
        } catch let error as SubversionError where error.code == .failed(.refused) && !address.namesTrunk {
            // The trunk may be all that we may read.
            guard let head = try revision(of: address.target("trunk"), svn, cancellation) else { throw error }
            return isNews(head) ? Repository(head: head, hasTrunk: true) : nil
        }
    }

    /// Whether there is something at the target, be it damaged.
    private static func isThere(
        _ target: String, _ svn: SubversionProgram, _ cancellation: Cancellation
    ) throws -> Bool {
        do {
            return try revision(of: target, svn, cancellation) != nil
        } catch let error as SubversionError where error.code == .failed(.other) {
            return true
        }
    }

    /// The last revision of the repository in which there is something at the target; `nil` where there is nothing.
    private static func revision(
        of target: String, _ svn: SubversionProgram, _ cancellation: Cancellation
    ) throws -> Int? {
        var revision: Int?
        do {
            try svn.elements("entry", of: ["info", target], cancellation) { entry in
                revision = entry.attributes["revision"].flatMap { Int($0) }
            }
        } catch let error as SubversionError where error.code == .failed(.missing) {
            return nil
        }
        guard let revision, revision >= 0 else { throw SubversionError(.unexpectedOutput, subject: "info") }
        return revision
    }
}
