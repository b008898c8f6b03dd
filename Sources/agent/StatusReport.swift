import AgentAPI
import Commands
import Configuration
import FoundationEssentials
import Lifecycle
import Runs
import Schedules
import SourceSettings
import Timestamps

/// `agent status`
enum StatusReport {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let daemon = try DaemonFile(state: agent.state).read()
        let snapshot = await Reporting.snapshot(agent, daemon)
        if invocation.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try invocation.console.print(String(decoding: try encoder.encode(snapshot), as: UTF8.self))
        } else {
            for line in lines(snapshot, agent.setup.agent) { try invocation.console.print(line) }
        }
        return snapshot.problem == nil && snapshot.daemon?.problem == nil ? .success : .failure
    }

    private static func lines(_ snapshot: AgentSnapshot, _ settings: AgentConfiguration) -> [String] {
        var lines = ["agent \(snapshot.agent ?? "without a key") \(snapshot.version)"]
        if let daemon = snapshot.daemon {
            lines.append(
                "daemon: process \(daemon.process) since \(shown(daemon.started)), web API on \(daemon.address)")
            for plan in daemon.plans {
                lines.append("\(plan.setting) \(plan.period): next at \(shown(plan.next))")
            }
            if daemon.plans.isEmpty { lines.append("no period: it gathers when it is asked to (CRON_PERIOD)") }
        } else {
            lines.append("no daemon runs")
            if let period = settings.period {
                let next = period.next(after: .now, in: .local)
                lines.append("CRON_PERIOD \(period): a daemon would gather after \(shown(next.rfc3339))")
            }
        }
        lines.append(controller(snapshot))
        lines.append(snapshot.isGathering ? "a gathering is under way" : "nothing is gathered at the moment")
        for project in snapshot.projects { lines += self.lines(project) }
        if snapshot.projects.isEmpty { lines.append("no project: JIRA_KEY names none") }
        if let outbox = snapshot.outbox { lines += self.lines(outbox) }
        if let policy = snapshot.policy { lines.append("policy: \(policy)") }
        for refusal in snapshot.refusals.prefix(10) { lines += self.lines(refusal) }
        if snapshot.refusals.count > 10 {
            lines.append("refused by policy: \(snapshot.refusals.count - 10) more, see --json")
        }
        for problem in [snapshot.problem, snapshot.daemon?.problem].compactMap({ $0 }) {
            lines.append("problem since \(shown(problem.time)): \(problem.text)")
            if let advice = problem.advice { lines.append("  mend: \(advice)") }
        }
        return lines
    }

    private static func controller(_ snapshot: AgentSnapshot) -> String {
        guard let controller = snapshot.controller else { return "no controller: SSH_HOST names none" }
        let words =
            switch snapshot.daemon?.waiting {
            case .waiting: ", whose wishes are heard at once"
            case .failing: ", which cannot be reached at the moment"
            case .unsupported: ", which knows no waiting agents"
            case .off, .starting, nil: ""
            }
        return "controller \(controller)\(words)"
    }

    private static func lines(_ project: AgentSnapshot.Project) -> [String] {
        let waits = (project.waits ?? []).map { "  \($0)" }
        let wish =
            waits + (project.wanted.map { ["  wanted by the controller since \(shown($0)), not begun yet"] } ?? [])
        guard let run = project.last else { return ["\(project.project): never gathered"] + wish }
        var lines = [
            "\(project.project): \(run.outcome) at \(shown(run.started)), run \(run.id) by \(run.cause), \(run.rows) rows"
        ]
        lines += wish
        if run.outcome != "complete" {
            lines.append("  last complete: \(project.lastComplete.map(shown) ?? "never")")
        }
        for source in run.sources {
            lines.append("  \(source.name): \(source.outcome.rawValue) in \(source.seconds) s")
            for problem in source.problems.prefix(5) { lines.append("    \(problem)") }
        }
        if let problem = run.problem { lines.append("  problem: \(problem)") }
        if let advice = run.advice { lines.append("  mend: \(advice)") }
        return lines
    }

    private static func lines(_ refusal: AgentSnapshot.Refusal) -> [String] {
        let subject = refusal.project.map { "\($0): " } ?? ""
        let often =
            refusal.count == 1 ? "at \(shown(refusal.last))" : "\(refusal.count) times, last at \(shown(refusal.last))"
        return ["refused by policy \(often): \(subject)\(refusal.text)"]
            + (refusal.advice.map { ["  mend: \($0)"] } ?? [])
    }

    private static func lines(_ outbox: AgentSnapshot.Outbox) -> [String] {
        guard outbox.bundles + outbox.damaged > 0 else { return ["outbox: empty"] }
        var lines = [
            "outbox: \(outbox.bundles) bundles, \(outbox.bytes) of \(outbox.limit) bytes, since \(shown(outbox.oldest))"
        ]
        if let problem = outbox.problem { lines.append("  problem: \(problem)") }
        if outbox.damaged > 0 { lines.append("  \(outbox.damaged) bundles are damaged and cannot be delivered") }
        return lines
    }

    /// A time of the report as clocks here show it.
    private static func shown(_ time: String?) -> String {
        guard let time, let moment = Timestamp(rfc3339: time) else { return "?" }
        return moment.local
    }
}
