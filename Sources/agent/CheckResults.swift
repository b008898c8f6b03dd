import Commands
import Enrolment
import FoundationEssentials
import Lifecycle

/// The checks of `agent preflight` and `agent doctor`, as people and programs are told of them.
struct CheckResults {
    /// A check for programs. `state` is `ok`, `warn`, `not-now` or `fail`.
    struct Line: Encodable {
        /// A project's key, or `agent`.
        let subject: String
        let name: String
        let state: String
        let problem: String?
        let message: String
        let mend: String?
    }

    private struct Report: Encodable {
        let agent: String?
        let version: String
        /// `ready`, `not-now`, `try-later` or `broken`.
        let outcome: String
        let checks: [Line]
    }

    /// The key under which the controller knows the agent.
    let agent: String?
    private(set) var checks: [(subject: String, check: PreflightReport.Check)] = []

    init(agent: String?) { self.agent = agent }

    mutating func add(_ checks: [PreflightReport.Check], of subject: String) {
        self.checks += checks.map { (subject, $0) }
    }

    var code: ExitCode { Checking.exitCode(of: checks.compactMap(\.check.problem)) }

    private var outcome: String {
        switch code {
        case .success: "ready"
        case .notNow: "not-now"
        case .tryLater: "try-later"
        default: "broken"
        }
    }

    var lines: [Line] {
        checks.map { subject, check in
            Line(
                subject: subject, name: check.name, state: check.state.rawValue,
                problem: check.finding.map { "\($0)" }, message: check.message, mend: check.advice)
        }
    }

    /// As JSON with `--json`, else a line each and what it comes to.
    func show(_ invocation: Invocation) throws {
        if invocation.has("json") {
            let report = Report(agent: agent, version: Version.current, outcome: outcome, checks: lines)
            return try invocation.console.print(Self.json(report))
        }
        for (subject, check) in checks { try Checking.print(check, of: subject, invocation.console) }
        let sentence =
            switch code {
            case .success: "all is well"
            case .notNow: "nothing is broken: the controller does not want it now"
            case .tryLater: "something cannot be reached or has no room at the moment: try again later"
            default: "something is broken: mend what says FAIL"
            }
        try invocation.console.print(sentence)
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
