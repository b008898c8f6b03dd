/// What a controller wants in the environment of one run, and what of it it gets.
///
/// The reference lets a shell run the text. Here it is data: only names that the client permits count, only with values that
/// they can have, and nothing in it can stop the agent.
package struct ControllerVariables: Sendable {
    /// What is left out, and why.
    package struct Refused: Sendable, Hashable, CustomStringConvertible {
        /// A variable, or the place of a line that holds none.
        package let subject: String
        /// One sentence, without any value.
        package let reason: String

        package var description: String { "\(subject): \(reason)" }
    }

    /// For messages.
    package let path: String
    package let accepted: [EnvironmentFile.Assignment]
    package let refused: [Refused]

    /// Bytes that are looked at; a controller that sends more than that wants something else.
    package static let limit = 64 << 10
    /// How much of a name is shown: a controller may make it as long as it likes.
    private static let shownLength = 64

    /// - Parameters:
    ///   - content: lines of `NAME=value`.
    ///   - refusal: why a variable may not be set by a controller; `nil` where it may.
    package init(_ content: [UInt8], path: String, refusal: (String) -> String?) {
        let file = EnvironmentFile(content, path: path)
        var accepted: [EnvironmentFile.Assignment] = []
        // The fault's own words may hold a name of any length.
        var refused = file.faults.map { fault in
            Refused(
                subject: "preflight_env", reason: fault.code == .duplicate ? Self.twice : Self.malformed)
        }
        for assignment in file.assignments {
            guard let reason = refusal(assignment.name) ?? Self.fault(assignment) else {
                let name = Self.currentNames[assignment.name] ?? assignment.name
                // What only the reference knows has no effect, and is not worth a word in each run.
                if AgentSettings.all.contains(where: { $0.name == name }) {
                    accepted.append(.init(name: name, value: assignment.value, line: assignment.line))
                }
                continue
            }
            refused.append(Refused(subject: String(assignment.name.prefix(Self.shownLength)), reason: reason))
        }
        self.path = path
        self.accepted = accepted
        self.refused = refused
    }

    private static let twice = "a variable is set a second time"
    private static let malformed = "a line is not NAME=value, or holds what a shell would expand or run"

    /// Names of the reference that are called otherwise here.
    private static let currentNames = ["logLevel": "LOG_LEVEL"]

    private static func fault(_ assignment: EnvironmentFile.Assignment) -> String? {
        let name = currentNames[assignment.name] ?? assignment.name
        guard let declaration = AgentSettings.all.first(where: { $0.name == name }) else {
            return ReferenceVariables.hint(for: name) == nil ? "it is no known setting" : nil
        }
        return declaration.fault(assignment.value) == nil ? nil : "expected \(declaration.expectation)"
    }
}
