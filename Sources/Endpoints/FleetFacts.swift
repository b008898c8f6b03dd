internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import Reception
internal import Timestamps

/// What the fleet page shows, and what `/fleet.json` says: one value for both.
struct FleetFacts: Encodable, Sendable {
    struct Agent: Encodable, Sendable {
        let agent: String
        /// `pending`, `enrolled`, `revoked` or `banned`.
        let state: String
        let fingerprint: String
        let next_fingerprint: String?
        let registered_at: String
        let seen_at: String?
        let address: String?
        let version: String?
        let legacy: Bool
        let copy_seen_at: String?
        let copy_address: String?
        let projects: [String]
        /// Which of them are overdue.
        let overdue: [String]
        /// What it asked for before anybody accepted its key.
        let wishes: [String]
        let last: Delivery?
    }

    struct Delivery: Encodable, Sendable {
        let project: String
        let run: String
        let state: String
        let rows: Int?
        let reason: String?
        let received_at: String
    }

    struct Project: Encodable, Sendable {
        let project: String
        let agents: [String]
        /// Its own schedule; nothing where it has none.
        let own_days: Int?
        let own_drift_minutes: Int?
        /// What holds.
        let days: Int
        let drift_minutes: Int
        let delivered_at: String?
        /// The first moment at which it may be gathered again; nothing where that is any.
        let next_at: String?
        let allowed_at: String?
        let locked_at: String?
        let lock_reason: String?
        /// Since when.
        let overdue_since: String?
    }

    struct Trigger: Encodable, Sendable {
        let agent: String
        let project: String
        let requested_at: String
        let told_at: String?
    }

    struct Quarantined: Encodable, Sendable {
        /// `AGENT/PROJECT/RUN.NUMBER`
        let bundle: String
        let bytes: Int
    }

    let at: String
    /// What somebody should look at, a sentence each.
    let warnings: [String]
    let agents: [Agent]
    let projects: [Project]
    let runs: [RunList.Run]
    let triggers: [Trigger]
    let quarantine: [Quarantined]

    /// - Parameter warnings: those that come from elsewhere than the store.
    init(
        _ overview: FleetOverview, runs: [RunList.Run], quarantine: [Purge.Find], schedule: Schedule, at now: Timestamp,
        warnings: [String]
    ) {
        at = now.rfc3339
        let overdue = Dictionary(overview.overdue.map { ($0.project, $0.since) }) { first, _ in first }
        agents = overview.agents.map { Self.agent($0, overview, overdue) }
        projects = overview.projects.map { Self.project($0, schedule, overdue, now) }
        self.runs = runs
        triggers = overview.triggers.map {
            Trigger(
                agent: $0.agent.text, project: $0.project.text, requested_at: $0.requestedAt, told_at: $0.deliveredAt)
        }
        self.quarantine = quarantine.map { Quarantined(bundle: $0.name, bytes: $0.bytes) }
        self.warnings = warnings + Self.warnings(overview, quarantine.count, now)
    }

    private static func agent(
        _ record: AgentRecord, _ overview: FleetOverview, _ overdue: [ProjectKey: String]
    ) -> Agent {
        Agent(
            agent: record.agent.text, state: record.isBanned ? "banned" : record.state.rawValue,
            fingerprint: record.key.fingerprint, next_fingerprint: record.nextKey?.fingerprint,
            registered_at: record.registeredAt, seen_at: record.seenAt, address: record.address,
            version: record.version, legacy: record.isLegacy, copy_seen_at: record.copySeenAt,
            copy_address: record.copyAddress, projects: record.projects.map(\.text),
            overdue: record.state == .enrolled
                ? record.projects.filter { overdue[$0] != nil }.map(\.text) : [],
            wishes: overview.wishes[record.agent]?.map(\.text) ?? [],
            last: overview.latest[record.agent].map {
                Delivery(
                    project: $0.project.text, run: $0.run, state: $0.state, rows: $0.rows, reason: $0.reason,
                    received_at: $0.receivedAt)
            })
    }

    private static func project(
        _ record: ProjectRecord, _ schedule: Schedule, _ overdue: [ProjectKey: String], _ now: Timestamp
    ) -> Project {
        let own = schedule.of(record)
        let delivered = record.deliveredAt.flatMap { Timestamp(rfc3339: $0) }
        let next = delivered.map { own.next(of: record.project, after: $0) }.flatMap { $0 > now ? $0 : nil }
        return Project(
            project: record.project.text, agents: record.agents.map(\.text), own_days: record.days,
            own_drift_minutes: record.driftMinutes, days: own.days, drift_minutes: own.driftMinutes,
            delivered_at: record.deliveredAt, next_at: next?.rfc3339, allowed_at: record.allowedAt,
            locked_at: record.lockedAt, lock_reason: record.lockReason, overdue_since: overdue[record.project])
    }

    private static func warnings(_ overview: FleetOverview, _ quarantined: Int, _ now: Timestamp) -> [String] {
        var warnings: [String] = []
        for agent in overview.agents {
            guard let seen = agent.copySeenAt else { continue }
            warnings.append(
                "A copy of the state directory of agent \(agent.agent) asked at \(seen) from "
                    + "\(agent.copyAddress ?? "an unknown address"), and was locked out.")
        }
        for project in overview.overdue {
            warnings.append("Project \(project.project) is overdue: nothing was delivered since \(project.since).")
        }
        let failed = overview.figures.bundles["failed"] ?? 0
        if failed > 0 {
            warnings.append("\(failed) bundles could not be imported; `controller runs` tells why.")
        }
        if quarantined > 0 { warnings.append("\(quarantined) uploads were refused and are in quarantine.") }
        if let since = overview.figures.waitingSince.flatMap({ Timestamp(rfc3339: $0) }),
            now - since > .seconds(3600)
        {
            warnings.append("A bundle waits for its import since \(since.rfc3339).")
        }
        for sink in overview.figures.sinks {
            if let fault = sink.fault { warnings.append("The sink \(sink.name) takes nothing: \(fault)") }
        }
        return warnings
    }
}
