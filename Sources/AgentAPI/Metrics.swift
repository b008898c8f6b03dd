internal import HTTPServer
import Runs
import Timestamps

/// Figures in the text format of Prometheus, version 0.0.4.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
struct Metrics {
    private var figures = MetricsText()

    var text: String { figures.text }

    init(_ snapshot: AgentSnapshot, counts: [RunResult.Outcome: Int], residentBytes: Int?) {
        add("gathering_agent_info", "gauge", "The agent's version", [([("version", snapshot.version)], 1)])
        add(
            "gathering_agent_running", "gauge", "Whether a gathering is under way",
            [([], snapshot.isGathering ? 1 : 0)])
        add(
            "gathering_agent_runs_total", "counter", "Runs that ended since the daemon started, by outcome",
            RunResult.Outcome.allCases.map { ([("outcome", $0.rawValue)], Double(counts[$0, default: 0])) })
        perProject(
            "last_run_start_timestamp_seconds", "When the project's latest run began", snapshot
        ) {
            Self.seconds($0.last?.started)
        }
        perProject(
            "last_complete_run_start_timestamp_seconds", "When the latest run began that left nothing out", snapshot
        ) {
            Self.seconds($0.lastComplete)
        }
        perProject("last_run_duration_seconds", "How long the latest run took", snapshot) { project in
            guard let end = Self.seconds(project.last?.ended), let start = Self.seconds(project.last?.started) else {
                return nil
            }
            return end - start
        }
        perProject("last_run_rows", "Rows that the latest run gathered", snapshot) { $0.last.map { Double($0.rows) } }
        perProject("last_run_bytes", "Bytes that the latest run sealed", snapshot) { $0.last.map { Double($0.bytes) } }
        if let outbox = snapshot.outbox {
            add(
                "gathering_agent_outbox_bundles", "gauge", "Bundles that wait for delivery",
                [([], Double(outbox.bundles))])
            add("gathering_agent_outbox_bytes", "gauge", "Bytes that wait for delivery", [([], Double(outbox.bytes))])
            add("gathering_agent_outbox_limit_bytes", "gauge", "Bytes that may wait", [([], Double(outbox.limit))])
            add(
                "gathering_agent_outbox_damaged", "gauge", "Bundles that cannot be delivered any more",
                [([], Double(outbox.damaged))])
        }
        add(
            "gathering_agent_problem", "gauge", "Whether something is wrong with the agent as a whole",
            [([], snapshot.problem == nil ? 0 : 1)])
        if let daemon = snapshot.daemon {
            add(
                "gathering_agent_next_run_timestamp_seconds", "gauge", "When something is next done, by setting",
                daemon.plans.compactMap { plan in Self.seconds(plan.next).map { ([("setting", plan.setting)], $0) } })
            add(
                "gathering_agent_waiting", "gauge", "Whether the agent hears of the controller's wishes at once",
                [([], daemon.waiting == .waiting ? 1 : 0)])
            add(
                "process_start_time_seconds", "gauge", "When the process started",
                Self.seconds(daemon.started).map { [([], $0)] } ?? [])
        }
        if let residentBytes {
            add("process_resident_memory_bytes", "gauge", "Resident memory", [([], Double(residentBytes))])
        }
    }

    private static func seconds(_ time: String?) -> Double? {
        time.flatMap { Timestamp(rfc3339: $0) }.map { Double($0.seconds) }
    }

    private mutating func perProject(
        _ name: String, _ help: String, _ snapshot: AgentSnapshot, _ value: (AgentSnapshot.Project) -> Double?
    ) {
        add(
            "gathering_agent_\(name)", "gauge", help,
            snapshot.projects.compactMap { project in value(project).map { ([("project", project.project)], $0) } })
    }

    private mutating func add(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        figures.add(name, type, help, samples)
    }
}
