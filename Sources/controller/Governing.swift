import Commands
import ControllerAPI
import Fleet

/// What an operator decides about projects: when they are gathered, from where, and whether at all; and who decided what.
enum Governing {
    // MARK: Projects

    static func listProjects(_ invocation: Invocation) async throws -> ExitCode {
        let projects = try await Administration.openFleet(invocation).projects()
        if invocation.has("json") {
            try Listing.print(Listing.Projects(projects: projects.map(Listing.Project.init)), "projects", invocation)
            return .success
        }
        for project in projects {
            let agents = project.agents.map(\.text).joined(separator: " ")
            let lock = project.lockedAt.map { "locked since \($0): \(project.lockReason ?? "")" } ?? "open"
            try invocation.console.print(
                "\(project.project)\t\(lock)\tlast delivered \(project.deliveredAt ?? "never")\t\(agents)")
        }
        return .success
    }

    static func lock(_ invocation: Invocation) async throws -> ExitCode {
        let project = try project(invocation)
        let reason = invocation.value("reason") ?? "an operator locked it"
        try await refusing("project \(project)") {
            try await Administration.openFleet(invocation).setLock(project, reason: reason)
        }
        try invocation.console.print(
            "locked \(project): no agent gathers it until `controller projects unlock \(project)`")
        return .success
    }

    static func unlock(_ invocation: Invocation) async throws -> ExitCode {
        let project = try project(invocation)
        try await refusing("project \(project)") {
            try await Administration.openFleet(invocation).setLock(project, reason: nil)
        }
        try invocation.console.print("unlocked \(project)")
        return .success
    }

    static func addProjects(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "has now") { fleet, projects, agent in try await fleet.add(projects, to: agent) }
    }

    static func removeProjects(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "no longer has") { fleet, projects, agent in
            try await fleet.remove(projects, from: agent)
        }
    }

    private static func change(
        _ invocation: Invocation, _ done: String, _ body: (Fleet, [ProjectKey], AgentKey) async throws -> Void
    ) async throws -> ExitCode {
        let agent = try AgentKey(invocation.word("AGENT") ?? "")
        let projects = try invocation.words("PROJECT").map { word in try ProjectKey(word) }
        do {
            try await body(Administration.openFleet(invocation), projects, agent)
        } catch let refusal as Refusal {
            throw Administration.Refused(refusal, "agent \(agent)", advice: "See `controller agents list`.")
        }
        try invocation.console.print("\(agent) \(done) \(projects.map(\.text).joined(separator: ", "))")
        return .success
    }

    // MARK: Schedule

    static func showSchedule(_ invocation: Invocation) async throws -> ExitCode {
        let projects = try await Administration.openFleet(invocation).projects()
        if invocation.has("json") {
            try Listing.print(Listing.Projects(projects: projects.map(Listing.Project.init)), "projects", invocation)
            return .success
        }
        for project in projects {
            let days = project.days.map { "\($0) days" } ?? "as SCHEDULE_DAYS says"
            let drift = project.driftMinutes.map { "\($0) minutes" } ?? "as SCHEDULE_DRIFT_MINUTES says"
            let gate = project.allowedAt.map { "\tallowed once at \($0)" } ?? ""
            try invocation.console.print("\(project.project)\tevery: \(days)\tdrift: \(drift)\(gate)")
        }
        return .success
    }

    static func setSchedule(_ invocation: Invocation) async throws -> ExitCode {
        let project = try project(invocation)
        let days = invocation.value("days").flatMap { Int($0) }
        let drift = invocation.value("drift").flatMap { Int($0) }
        try await refusing("project \(project)") {
            try await Administration.openFleet(invocation).setSchedule(project, days: days, driftMinutes: drift)
        }
        try invocation.console.print("\(project) has its schedule; what was not given is as the settings say")
        return .success
    }

    static func allowNow(_ invocation: Invocation) async throws -> ExitCode {
        let project = try project(invocation)
        try await refusing("project \(project)") {
            try await Administration.openFleet(invocation).allowNow(project)
        }
        try invocation.console.print("\(project) may be gathered once, whatever its schedule says")
        return .success
    }

    // MARK: Networks

    static func listNetworks(_ invocation: Invocation) async throws -> ExitCode {
        let lists = try await Administration.openFleet(invocation).networks()
        if invocation.has("json") {
            let networks = lists.map { list in
                Listing.Network(
                    project: list.project?.text, visitors: list.isForVisitors,
                    networks: list.networks.map(\.description))
            }
            try Listing.print(Listing.Networks(networks: networks), "networks", invocation)
            return .success
        }
        for list in lists {
            let who = list.isForVisitors ? "visitors" : "agents"
            let networks = list.networks.map(\.description).joined(separator: " ")
            try invocation.console.print("\(list.project?.text ?? "*")\t\(who)\t\(networks)")
        }
        return .success
    }

    static func addNetwork(_ invocation: Invocation) async throws -> ExitCode {
        let (network, project) = try (network(invocation), projectOption(invocation))
        try await refusing("network \(network)") {
            try await Administration.openFleet(invocation)
                .addNetwork(network, to: project, forVisitors: invocation.has("visitors"))
        }
        try invocation.console.print("added \(network) for \(project?.text ?? "all projects")")
        return .success
    }

    static func removeNetwork(_ invocation: Invocation) async throws -> ExitCode {
        let (network, project) = try (network(invocation), projectOption(invocation))
        let isRemoved = try await Administration.openFleet(invocation)
            .removeNetwork(network, from: project, forVisitors: invocation.has("visitors"))
        try invocation.console.print(
            isRemoved
                ? "removed \(network)" : "nothing to do: \(network) is not on that list; see `controller networks list`"
        )
        return .success
    }

    // MARK: Audit

    static func audit(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try invocation.value("agent").map { text in try AgentKey(text) }
        let limit = invocation.value("last").flatMap { Int($0) } ?? 50
        let entries = try await Administration.openFleet(invocation).auditTrail(of: agent, limit: limit)
        if invocation.has("json") {
            try Listing.print(Listing.Audit(audit: entries), "audit", invocation)
            return .success
        }
        for entry in entries {
            try invocation.console.print(
                ([entry.at, entry.event, entry.agent ?? "-", entry.project ?? "-", entry.detail ?? ""]
                    + (entry.account.map { ["by \($0)"] } ?? [])).joined(separator: "\t"))
        }
        return .success
    }

    // MARK: -

    private static func project(_ invocation: Invocation) throws -> ProjectKey {
        try ProjectKey(invocation.word("PROJECT") ?? "")
    }

    private static func projectOption(_ invocation: Invocation) throws -> ProjectKey? {
        try invocation.value("project").map { text in try ProjectKey(text) }
    }

    private static func network(_ invocation: Invocation) throws -> IPNetwork {
        let text = invocation.word("NETWORK") ?? ""
        guard let network = IPNetwork(text) else {
            throw invocation.usageError(.badValue, "'\(text)' is no network such as 192.0.2.0/24 or 2001:db8::/32")
        }
        return network
    }

    private static func refusing(_ subject: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let refusal as Refusal {
            throw Administration.Refused(refusal, subject, advice: "See `controller projects list`.")
        }
    }
}
