package import ControllerAPI
internal import Cryptography
internal import Database
internal import Timestamps

/// What is known of one project.
package struct ProjectRecord: Sendable {
    package let project: ProjectKey
    /// Its own schedule; what is `nil` is as the settings say.
    package let days: Int?
    package let driftMinutes: Int?
    /// An operator opened the gate at this moment; a delivery after it closes it.
    package let allowedAt: String?
    package let lockedAt: String?
    package let lockReason: String?
    /// When the controller last took a bundle of it.
    package let deliveredAt: String?
    package internal(set) var agents: [AgentKey] = []

    static let columns = """
        p.project, p.days, p.drift_minutes, p.allowed_at, p.locked_at, p.lock_reason,
        (SELECT max(received_at) FROM controller_bundles b WHERE b.project = p.project)
        """

    init(_ row: StoreRow) throws {
        project = try ProjectKey(row[0])
        days = try row[1]
        driftMinutes = try row[2]
        allowedAt = try row[3]
        lockedAt = try row[4]
        lockReason = try row[5]
        deliveredAt = try row[6]
    }
}

/// Projects: which agents have them, when they are gathered, from where, and whether at all.
extension Fleet {
    package func projects() throws -> [ProjectRecord] {
        try database.all(
            "SELECT \(ProjectRecord.columns) FROM controller_projects p ORDER BY p.project", row: ProjectRecord.init
        )
        .map { project in
            var project = project
            project.agents = try agents(of: project.project)
            return project
        }
    }

    /// - Parameter withAgents: whether the agents are told that have it.
    package func project(_ project: ProjectKey, withAgents: Bool = false) throws -> ProjectRecord? {
        var record = try database.first(
            "SELECT \(ProjectRecord.columns) FROM controller_projects p WHERE p.project = ?", project.text,
            row: ProjectRecord.init)
        if withAgents { record?.agents = try agents(of: project) }
        return record
    }

    private func agents(of project: ProjectKey) throws -> [AgentKey] {
        try database.all("SELECT agent FROM controller_entitlements WHERE project = ? ORDER BY agent", project.text) {
            row in try AgentKey(row[0])
        }
    }

    func isProject(_ project: ProjectKey) throws -> Bool {
        try database.first("SELECT 1 FROM controller_projects WHERE project = ?", project.text) as Int? != nil
    }

    /// Gives an agent projects besides those it has.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func add(_ projects: [ProjectKey], to agent: AgentKey) throws {
        try database.transaction {
            guard try record(of: agent) != nil else { throw Refusal.unknownAgent }
            for project in projects {
                try make(project)
                try entitle(agent, to: project)
                try audit("entitled", agent, project)
            }
        }
    }

    /// Takes projects from an agent. What it delivered stays.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func remove(_ projects: [ProjectKey], from agent: AgentKey) throws {
        try database.transaction {
            guard try record(of: agent) != nil else { throw Refusal.unknownAgent }
            for project in projects {
                try database.execute(
                    "DELETE FROM controller_entitlements WHERE agent = ? AND project = ?", agent.text, project.text)
                try audit("entitlement-removed", agent, project)
            }
        }
    }

    /// Keeps all agents from gathering a project, or lets them again.
    /// - Parameter reason: why it is locked; `nil` unlocks it.
    /// - Throws: `Refusal.unknownProject`.
    package func setLock(_ project: ProjectKey, reason: String?) throws {
        try change(project, reason == nil ? "unlocked" : "locked", detail: reason) {
            try database.execute(
                "UPDATE controller_projects SET locked_at = ?, lock_reason = ? WHERE project = ?",
                reason == nil ? nil : now().rfc3339, reason, project.text)
        }
    }

    /// Gives a project a schedule of its own.
    /// - Parameters:
    ///   - days: between two gatherings; 0 is always, `nil` as the settings say.
    ///   - driftMinutes: by how much it may come earlier or later; `nil` as the settings say.
    /// - Throws: `Refusal.unknownProject`.
    package func setSchedule(_ project: ProjectKey, days: Int?, driftMinutes: Int?) throws {
        try change(
            project, "schedule-set", detail: "\(days.map(String.init) ?? "-") \(driftMinutes.map(String.init) ?? "-")"
        ) {
            try database.execute(
                "UPDATE controller_projects SET days = ?, drift_minutes = ? WHERE project = ?", days, driftMinutes,
                project.text)
        }
    }

    /// Lets a project be gathered once, whatever its schedule says.
    /// - Throws: `Refusal.unknownProject`.
    package func allowNow(_ project: ProjectKey) throws {
        try change(project, "allowed-now") {
            try database.execute(
                "UPDATE controller_projects SET allowed_at = ? WHERE project = ?", now().rfc3339, project.text)
        }
    }

    private func change(_ project: ProjectKey, _ event: String, detail: String? = nil, _ body: () throws -> Void) throws
    {
        try database.transaction {
            guard try isProject(project) else { throw Refusal.unknownProject }
            try body()
            try audit(event, nil, project, detail: detail)
        }
    }

    // MARK: Networks

    /// A list of networks of one project, or of all.
    package struct NetworkList: Sendable {
        /// `nil` for all projects.
        package let project: ProjectKey?
        package let isForVisitors: Bool
        package let networks: [IPNetwork]
    }

    package func networks() throws -> [NetworkList] {
        var lists: [NetworkList] = []
        let rows = try database.all(
            "SELECT project, visitors, network FROM controller_networks ORDER BY visitors, project, network"
        ) { row in (try row[0] as String, try row[1] as Bool, try row[2] as String) }
        for (name, isForVisitors, text) in rows {
            guard let network = IPNetwork(text) else { continue }
            let project = name == Self.allProjects ? nil : try ProjectKey(name)
            if let last = lists.last, last.project == project, last.isForVisitors == isForVisitors {
                lists[lists.count - 1] = NetworkList(
                    project: project, isForVisitors: isForVisitors, networks: last.networks + [network])
            } else {
                lists.append(NetworkList(project: project, isForVisitors: isForVisitors, networks: [network]))
            }
        }
        return lists
    }

    /// The networks from which a project's agents may come: its own list, else the one for all; `nil` where there is none.
    package func networks(of project: ProjectKey) throws -> [IPNetwork]? {
        for name in [project.text, Self.allProjects] {
            let texts = try database.all(
                "SELECT network FROM controller_networks WHERE project = ? AND visitors = 0", name
            ) { row in try row[0] as String }
            if !texts.isEmpty { return texts.compactMap { IPNetwork($0) } }
        }
        return nil
    }

    /// - Parameter project: `nil` for all projects.
    package func addNetwork(_ network: IPNetwork, to project: ProjectKey?, forVisitors: Bool) throws {
        try database.transaction {
            if let project { guard try isProject(project) else { throw Refusal.unknownProject } }
            try database.execute(
                "INSERT INTO controller_networks (project, visitors, network) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                project?.text ?? Self.allProjects, forVisitors, network.description)
            try audit("network-added", nil, project, detail: network.description)
        }
    }

    /// - Returns: whether it was there.
    package func removeNetwork(_ network: IPNetwork, from project: ProjectKey?, forVisitors: Bool) throws -> Bool {
        try database.transaction {
            let name = project?.text ?? Self.allProjects
            let found: Int? = try database.first(
                "SELECT 1 FROM controller_networks WHERE project = ? AND visitors = ? AND network = ?", name,
                forVisitors, network.description)
            guard found != nil else { return false }
            try database.execute(
                "DELETE FROM controller_networks WHERE project = ? AND visitors = ? AND network = ?", name, forVisitors,
                network.description)
            try audit("network-removed", nil, project, detail: network.description)
            return true
        }
    }

    private static var allProjects: String { "*" }

    // MARK: Audit

    /// A line of the audit trail.
    package struct AuditEntry: Sendable, Encodable {
        package let at: String
        package let event: String
        package let agent: String?
        package let project: String?
        package let detail: String?
        /// Whose account did it; `nil` for agents and for the command line.
        package let account: String?
    }

    /// The newest lines first.
    package func auditTrail(of agent: AgentKey? = nil, limit: Int) throws -> [AuditEntry] {
        try database.all(
            """
            SELECT at, event, agent, project, detail, account FROM controller_audit WHERE CAST(? AS TEXT) IS NULL OR agent = ?
            ORDER BY id DESC LIMIT ?
            """, agent?.text, agent?.text, limit
        ) { row in
            AuditEntry(
                at: try row[0], event: try row[1], agent: try row[2], project: try row[3], detail: try row[4],
                account: try row[5])
        }
    }

    // MARK: Figures of dashboards

    /// Stores what a BigBoat dashboard said; figures that are there already stay.
    package func store(_ figures: [DashboardFigure], of project: ProjectKey, source: String?, from agent: AgentKey)
        throws
    {
        try database.transaction {
            for figure in figures {
                try database.execute(
                    """
                    INSERT INTO bigboat_status (project, name, checked_date, ok, value, max, source, agent)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """, project.text, figure.name, figure.checkedAt, figure.isOK, figure.value, figure.max, source,
                    agent.text)
            }
        }
    }
}

/// One figure of a BigBoat dashboard.
package struct DashboardFigure: Sendable {
    package let name: String
    /// `YYYY-MM-DD HH:MM:SS` in UTC.
    package let checkedAt: String
    package let isOK: Bool?
    package let value: Double?
    package let max: Double?

    package init(name: String, checkedAt: String, isOK: Bool?, value: Double?, max: Double?) {
        self.name = name
        self.checkedAt = checkedAt
        self.isOK = isOK
        self.value = value
        self.max = max
    }
}

/// The secrets behind pseudonyms, for the endpoint that makes one.
extension Fleet {
    /// The salts of a project, or, without one, those that all projects share; `nil` where there are none.
    package func salts(for project: ProjectKey?) throws -> Salts? {
        guard let project else { return try sharedSalts() }
        guard try isProject(project) else { return nil }
        return try salts(of: project)
    }

    /// Notes that somebody asked for the pseudonym of a value; the value is noted nowhere.
    package func noteEncryption(by agent: AgentKey, of project: ProjectKey?) throws {
        try audit("encrypted", agent, project)
    }

    /// The update trackers that imports have left for a project.
    package func trackers(of project: ProjectKey) throws -> [(file: String, content: String)] {
        try database.all(
            "SELECT file, content FROM controller_trackers WHERE project = ? ORDER BY file", project.text
        ) { row in (try row[0], try row[1]) }
    }
}
