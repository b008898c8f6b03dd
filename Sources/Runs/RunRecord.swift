package import ControllerAPI
package import Timestamps

/// One gathering of one project, as the journal has it.
package struct RunRecord: Sendable, Hashable {
    package let id: RunID
    package let project: ProjectKey
    package let cause: RunCause
    /// With microseconds cut off, as is the end.
    package let start: Timestamp
    /// `nil` while it goes on.
    package let result: RunResult?

    package init(id: RunID, project: ProjectKey, cause: RunCause, start: Timestamp, result: RunResult? = nil) {
        self.id = id
        self.project = project
        self.cause = cause
        self.start = start
        self.result = result
    }
}

/// What made a run begin.
package enum RunCause: String, Sendable, Hashable, CaseIterable, Codable {
    /// The daemon's period.
    case schedule
    /// An operator at the controller.
    case trigger
    /// The agent's own web API.
    case request
    /// A Jenkins job.
    case jenkins
    /// Somebody typed `agent run`.
    case command
}

/// How a run ended.
package struct RunResult: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
        case complete
        /// Some of a source, or some sources, could not be read; the rest counts.
        case partial
        case failed
        /// Preflight said that this was not the time.
        case notNow = "not-now"
    }

    /// How it went with one source.
    package struct Source: Sendable, Hashable, Codable {
        package let name: String
        package let outcome: Outcome
        /// What is missing or went wrong, a sentence each.
        package let problems: [String]
        package let seconds: Double

        package init(name: String, outcome: Outcome, problems: [String], seconds: Double) {
            self.name = name
            self.outcome = outcome
            self.problems = problems
            self.seconds = seconds
        }
    }

    package let end: Timestamp
    package let outcome: Outcome
    /// Why it is not complete, as one sentence.
    package let problem: String?
    /// What may be done about it.
    package let advice: String?
    package let sources: [Source]
    /// Rows of all tables.
    package let rows: Int
    /// Bytes of the sealed bundle.
    package let bytes: Int

    package init(
        end: Timestamp, outcome: Outcome, problem: String? = nil, advice: String? = nil, sources: [Source] = [],
        rows: Int = 0, bytes: Int = 0
    ) {
        self.end = end
        self.outcome = outcome
        self.problem = problem
        self.advice = advice
        self.sources = sources
        self.rows = rows
        self.bytes = bytes
    }
}
