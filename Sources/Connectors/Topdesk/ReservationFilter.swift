import _StringProcessing

/// Decides which reservations are a project's, and leaves out what is somebody's private matter.
package struct ReservationFilter: Sendable {
    /// A pattern that is no regular expression.
    package struct BadPattern: Error, Equatable, Sendable {
        /// The section and option it is of.
        package let place: String
    }

    /// Numbers of passes by the keys of projects.
    private let passes: [String: String]
    /// Patterns by the keys of projects, and for all.
    private let whitelist: [String: String]
    private let common: String?
    private let blacklist: String?
    private let listedOnly: Bool

    /// - Parameters:
    ///   - passes: by the keys of projects, as `whitelist`, in lower case.
    ///   - listedOnly: leaves out what no whitelist has, whatever pass it was made with.
    package init(
        passes: [String: String], whitelist: [String: String], common: String?, blacklist: String?,
        listedOnly: Bool = false
    ) throws(BadPattern) {
        self.passes = passes
        self.whitelist = whitelist
        self.common = common
        self.blacklist = blacklist
        self.listedOnly = listedOnly
        let patterns =
            whitelist.sorted { $0.key < $1.key }.map { ("[whitelist] \($0.key)", $0.value) }
            + [("[whitelist] all", common), ("[blacklist] all", blacklist)].compactMap { place, text in
                text.map { (place, $0) }
            }
        for (place, text) in patterns where Self.compiled(text) == nil { throw BadPattern(place: place) }
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
