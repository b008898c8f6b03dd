import ControllerAPI
package import Runs
package import Timestamps

/// What the agent has done and will do: what `agent status`, the web API and its page tell. Times are RFC 3339 in UTC.
package struct AgentSnapshot: Sendable, Codable {
    package struct Project: Sendable, Codable {
        package let project: String
        /// The latest run; `nil` before the first.
        package let last: Run?
        /// When the last run began that left nothing out.
        package let lastComplete: String?
        /// Since when the controller wants a gathering that has not begun.
        package let wanted: String?
        /// What its sources wait for at the moment, one sentence each.
        package let waits: [String]?

        package init(
            project: String, last: Run?, lastComplete: String?, wanted: String? = nil, waits: [String] = []
        ) {
            self.project = project
            self.last = last
            self.lastComplete = lastComplete
            self.wanted = wanted
            self.waits = waits.isEmpty ? nil : waits
        }
    }

    /// What waits for delivery.
    package struct Outbox: Sendable, Codable {
        package let bundles: Int
        package let bytes: Int
        /// Bytes that may wait.
        package let limit: Int
        /// Bundles that nobody can deliver any more.
        package let damaged: Int
        /// Since when the oldest waits.
        package let oldest: String?
        /// What the last attempt to deliver the oldest came to.
        package let problem: String?

        package init(bundles: Int, bytes: Int, limit: Int, damaged: Int, oldest: String?, problem: String?) {
            self.bundles = bundles
            self.bytes = bytes
            self.limit = limit
            self.damaged = damaged
            self.oldest = oldest
            self.problem = problem
        }
    }

    /// Something that somebody wanted and that the agent's owner does not permit.
    package struct Refusal: Sendable, Codable {
        /// `nil` where it is of no project.
        package let project: String?
        package let text: String
        package let advice: String?
        package let count: Int
        package let first: String
        package let last: String

        package init(_ record: RefusalRecord) {
            project = record.wish.project.isEmpty ? nil : record.wish.project
            text = record.wish.text
            advice = record.wish.advice
            count = record.count
            first = record.first.rfc3339
            last = record.last.rfc3339
        }
    }

    package var version: String
    /// The file that limits what is gathered; `nil` where there is none.
    package var policy: String?
    /// What was refused in the last seven days, the latest first.
    package var refusals: [Refusal] = []
    /// The key under which the controller knows the agent.
    package var agent: String?
    /// The controller's host and port.
    package var controller: String?
    /// `nil` where no daemon of this agent runs.
    package var daemon: DaemonFacts?
    package var isGathering: Bool
    package var projects: [Project]
    package var outbox: Outbox?
    /// What is wrong with the agent as a whole, and what to do about it.
    package var problem: Problem?

    package init(version: String) {
        self.version = version
        isGathering = false
        projects = []
    }
}

/// What is wrong, and what may be done about it.
package struct Problem: Sendable, Hashable, Codable {
    /// When it was noticed.
    package let time: String
    /// One sentence.
    package let text: String
    package let advice: String?

    package init(_ text: String, advice: String?, at time: Timestamp = .now) {
        self.text = text
        self.advice = advice
        self.time = time.rfc3339
    }
}

/// What only the daemon knows. It writes this to a file for others to read.
package struct DaemonFacts: Sendable, Hashable, Codable {
    /// When something is next done.
    package struct Plan: Sendable, Hashable, Codable {
        /// The setting that says so, e.g. `CRON_PERIOD`.
        package let setting: String
        package let period: String
        package let next: String

        package init(setting: String, period: String, next: Timestamp) {
            self.setting = setting
            self.period = period
            self.next = next.rfc3339
        }
    }

    /// How it stands with the question that waits at the controller.
    package enum Waiting: String, Sendable, Hashable, Codable {
        case off, starting, waiting, failing, unsupported
    }

    package let process: Int32
    package let version: String
    package let started: String
    /// Where the web API listens.
    package let address: String
    package var plans: [Plan] = []
    package var waiting = Waiting.off
    package var problem: Problem?

    package init(process: Int32, version: String, started: Timestamp, address: String) {
        self.process = process
        self.version = version
        self.started = started.rfc3339
        self.address = address
    }
}

/// A run as it is shown.
package struct Run: Sendable, Hashable, Codable {
    package let id: String
    package let project: String
    package let cause: String
    package let started: String
    /// `nil` while it goes on.
    package let ended: String?
    /// `complete`, `partial`, `failed`, `not-now`; `running` while it goes on.
    package let outcome: String
    package let problem: String?
    package let advice: String?
    package let rows: Int
    package let bytes: Int
    package let sources: [RunResult.Source]

    package init(_ record: RunRecord) {
        id = record.id.text
        project = record.project.text
        cause = record.cause.rawValue
        started = record.start.rfc3339
        ended = record.result?.end.rfc3339
        outcome = record.result?.outcome.rawValue ?? "running"
        problem = record.result?.problem
        advice = record.result?.advice
        rows = record.result?.rows ?? 0
        bytes = record.result?.bytes ?? 0
        sources = record.result?.sources ?? []
    }
}
