import _StringProcessing

/// Decides which reservations are a project's, and leaves out what is somebody's private matter.
package struct ReservationFilter: Sendable {
    /// Numbers of passes by the keys of projects.
    private let passes: [String: String]
    /// Patterns by the keys of projects, and for all.
    private let whitelist: [String: String]
    private let common: String?
    private let blacklist: String?
    private let listedOnly: Bool

    /// Patterns that are none, see `accepts`, fit nothing.
    /// - Parameters:
    ///   - passes: by the keys of projects, as `whitelist`, in lower case.
    ///   - listedOnly: leaves out what no whitelist has, whatever pass it was made with.
    package init(
        passes: [String: String], whitelist: [String: String], common: String?, blacklist: String?,
        listedOnly: Bool = false
    ) {
        self.passes = passes
        self.whitelist = whitelist
        self.common = common
        self.blacklist = blacklist
        self.listedOnly = listedOnly
    }

    func belongs(to project: String, requester: String, description: String, pass: String) -> Bool {
        let own = project.lowercased()
        guard passes[own] != nil || whitelist[own] != nil else { return false }
        if let blacklist, Self.matches(blacklist, description) { return false }
        let parts = requester.split(separator: " ")
        if !parts.isEmpty, parts.allSatisfy({ description.contains($0) }) { return false }
        var owner = passes[own] == pass && !pass.isEmpty ? own : nil
        var isListed = false
        let others = whitelist.keys.filter { $0 != own }.sorted()
        for key in (whitelist[own] == nil ? [] : [own]) + others {
            guard let pattern = whitelist[key], Self.matches(pattern, description) else { continue }
            owner = key
            isListed = true
            break
        }
        if !isListed, let common, Self.matches(common, description) { isListed = true }
        if !isListed, listedOnly || Self.matches(Self.person, description) { return false }
        return owner == own
    }

    /// Whether a pattern is a regular expression.
    package static func accepts(_ pattern: String) -> Bool { compiled(pattern) != nil }

    private static func compiled(_ pattern: String) -> Regex<AnyRegexOutput>? {
        do { return try Regex(pattern).ignoresCase() } catch { return nil }
    }

    /// A `Regex` cannot be shared between threads, so it is made where it is used.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        if pattern == person {
            do { return try Regex(pattern).wholeMatch(in: text) != nil } catch { return false }
        }
        return compiled(pattern).map { text.firstMatch(of: $0) != nil } ?? false
    }

    private static let name =
        #"(?:\p{Lu}[\p{L}\p{M}]+|\p{Lu}\.) (?:(?:van 't|van t|van de|van den|van der|van|de) )?\p{Lu}[\p{L}\p{M}]{2,}(?:[ -]\p{Lu}[\p{L}\p{M}]{2,})?"#

    /// The whole text is the name of a person, or two.
    private static let person = "\(name)(?: \\(\\p{Lu}.*| - \\p{Lu}[\\p{L}\\p{M}]*| en \(name))?"
}
