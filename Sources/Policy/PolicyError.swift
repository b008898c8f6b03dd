package import Commands

/// A policy that cannot be followed. Nothing is gathered then: what it forbids is not known.
package struct PolicyError: Failure, Equatable {
    package enum Code: Sendable {
        case unreadable
        /// Others than the owner may change the file.
        case unguarded
        case malformed
    }

    package let code: Code
    package let path: String
    /// All that is wrong with it.
    package let faults: [PolicyFault]

    package var exitCode: ExitCode { .usage }

    package var description: String {
        let lines = faults.map { "\(path): \($0)" }
        guard lines.count > 1 else { return lines.joined() }
        return "the policy has \(lines.count) faults\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }

    package var advice: String? { "Nothing is gathered until it is mended. Documentation/policy.md explains the file." }
}

/// One thing that is wrong with a policy.
package struct PolicyFault: Equatable, Sendable, CustomStringConvertible {
    /// The JSON path, e.g. `hours[0].from`; empty for the whole file.
    package let place: String
    package let expected: String
    package let found: String
    /// What to do about it.
    package let mend: String

    package init(_ place: String, expected: String, found: String, mend: String) {
        self.place = place
        self.expected = expected
        self.found = found
        self.mend = mend
    }

    package var problem: String { "expected \(expected), found \(found). \(mend)" }
    package var description: String { (place.isEmpty ? "" : "\(place): ") + problem }
}
