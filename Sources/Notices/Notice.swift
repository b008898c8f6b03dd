package import ControllerAPI
package import Runs
import Schedules
import Timestamps

/// How a project's gathering is doing, seen by somebody who wants mail about changes only.
package enum Condition: String, Sendable, Hashable {
    case well
    /// The last run failed.
    case failing
    /// At the last two of its times no run began, or one has not ended since.
    case overdue

    /// How much later than its moment a run may begin or end: runs are spread over two hours, and take their time.
    static let patience = Duration.seconds(3 * 3600)

    /// - Parameters:
    ///   - last: the project's latest run.
    ///   - settled: its latest run that ended in any way but "not now".
    ///   - schedule: when it is gathered; `nil` where only on request.
    ///   - start: when the daemon began to watch: what was missed before is not overdue.
    init(last: RunRecord?, settled: RunRecord?, schedule: Schedule?, watchedSince start: Timestamp, now: Timestamp) {
        let begin = max(last?.start ?? start, start)
        let end = max(last.map { $0.result?.end ?? $0.start } ?? start, begin)
        // Two moments may pass: the first may have been while the one before went on.
        if let schedule, now > schedule.next(after: schedule.next(after: end, in: .local), in: .local) + Self.patience {
            self = .overdue
        } else {
            self = settled?.result?.outcome == .failed ? .failing : .well
        }
    }
}

/// A change that somebody is to be told of.
package struct Notice: Sendable, Hashable {
    package let project: ProjectKey
    package let condition: Condition
    /// The run that it is about; `nil` where there was none.
    package let run: RunRecord?

    /// The same for the same notice, so that one that arrives twice is seen once.
    package var identifier: String { "\(run?.id.text ?? "none").\(project).\(condition.rawValue)" }

    /// - Parameter agent: who tells, e.g. `agent DEMO on build7`.
    package func subject(from agent: String) -> String {
        switch condition {
        case .well: "\(agent): \(project) is gathered again"
        case .failing: "\(agent): gathering \(project) failed"
        case .overdue: "\(agent): gathering \(project) is overdue"
        }
    }

    /// What happened, why, and what may be done; one sentence a line.
    package var text: String {
        var lines: [String] = []
        switch condition {
        case .well: lines.append("The last gathering of \(project) was good.")
        case .failing: lines.append("The last gathering of \(project) failed.")
        case .overdue:
            lines.append("Project \(project) has not been gathered at the last two times when it should have been.")
        }
        if let run {
            lines.append("")
            lines.append("Run \(run.id.text) began at \(run.start.rfc3339) (\(run.cause.rawValue)).")
            if let result = run.result {
                lines.append("It ended at \(result.end.rfc3339): \(result.outcome.rawValue).")
                if let problem = result.problem { lines.append("Problem: \(problem)") }
                if let advice = result.advice { lines.append(advice) }
                for source in result.sources where source.outcome != .complete {
                    lines += source.problems.map { "Source \(source.name): \($0)" }
                }
            } else {
                lines.append("It has not ended.")
            }
        }
        lines += ["", "'agent status' on that machine tells more. No further mail comes until this changes."]
        return lines.joined(separator: "\n") + "\n"
    }
}
