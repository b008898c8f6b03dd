package import Commands

/// Something that the client's policy does not permit.
package struct Refusal: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case project, source, host, network, path, hours, rate, variable, delivery
    }

    package let code: Code
    /// What was wanted: a project, the name of a source, a host, a variable.
    package let subject: String
    package let reason: String
    /// The file and the member that say so.
    let place: String

    /// Whether it may be permitted later, without anybody's doing.
    package var isNotNow: Bool { code == .hours || code == .rate }

    package var exitCode: ExitCode { isNotNow ? .notNow : .usage }

    package var description: String { "\(subject): \(reason)" }
    package var advice: String? {
        isNotNow ? "Wait, or have whoever owns \(place) permit it." : "Have whoever owns \(place) permit it."
    }
}
