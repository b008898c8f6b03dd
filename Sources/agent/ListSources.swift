import Commands
import Configuration
import ControllerAPI
import Dropins
import Files
import Forges
import Gathering
import HTTP
import LDAP
import Members
import Policy
import Projects
import Seats
import SourceSettings
import Topdesk

extension Composition {
    /// The lists and directories that are configured for a project, by their names, which are also those of their steps.
    func lists(of project: ProjectKey) throws -> [String: ProjectList] {
        var found: [String: ProjectList] = [:]
        let places = [
            "ldap": setup.reference.value("ldap", "server"), "dropins": setup.reference.value("dropins", "url"),
        ]
        let projectSource = try metadata(of: project, sourceList(of: project)).map { ProjectSource($0) as any Source }
        for source in [projectSource, try topdesk(project), try seats(project), members(project), try dropins(project)]
        {
            guard let source else { continue }
            let address = (places[source.name] ?? nil).map { $0.contains("://") ? $0 : "ldap://\($0)" } ?? "/"
            let wanted = WantedSource(
                name: source.name, type: source.name, project: project.text, address: SourceAddress(url: address))
            found[source.name] = ProjectList(source: source, wanted: wanted)
        }
        return found
    }

    /// A list, and what the policy is asked for it.
    struct ProjectList {
        let source: any Source
        let wanted: WantedSource
    }

    private struct Denied: Error, CustomStringConvertible {
        let name: String
        var description: String { "the deny list has the address of \(name)" }
    }

    private var settings: Settings { setup.agent.settings }

    private var plans: ListPlans { ListPlans(setup: setup) }

    private func topdesk(_ project: ProjectKey) throws -> (any Source)? {
        guard let plan = try plans.topdesk() else { return nil }
        return TopdeskSource(
            TopdeskSettings(
                path: plans.topdeskDump, project: project.text, filter: plan.filter, headers: plan.headers))
    }

    private func seats(_ project: ProjectKey) throws -> (any Source)? {
        let patterns = settings[AgentSettings.seatFiles]
        guard !patterns.isEmpty, let plan = try plans.seats() else { return nil }
        return SeatSource(SeatSettings(plan: plan, project: project.text, directory: home, patterns: patterns))
    }

    private func members(_ project: ProjectKey) -> (any Source)? {
        let reference = setup.reference
        guard let server = reference.value("ldap", "server"), let root = reference.value("ldap", "root_dn"),
            let group = reference.value("groups", project.text)
        else { return nil }
        let password =
            settings[AgentSettings.directoryPassword]?.revealed ?? reference.value("ldap", "manager_password")
        let login = reference.value("ldap", "manager_dn").map { (user: $0, password: password ?? "") }
        let address = server.contains("://") ? server : "ldap://\(server)"
        guard !setup.resolver.denies(address) else {
            return UnreachableSource(name: "ldap", reason: Denied(name: "[ldap]"))
        }
        let client = DirectoryClient(
            address, login: login, authorityFile: reference.value("ldap", "verify").map(path))
        var member = MemberSettings(client, root: root, group: group)
        member.groupAttribute = reference.value("ldap", "group_attr") ?? member.groupAttribute
        member.searchFilter = reference.value("ldap", "search_filter") ?? member.searchFilter
        member.displayAttribute = reference.value("ldap", "display_name") ?? member.displayAttribute
        member.userAttribute = reference.value("ldap", "user_id") ?? member.userAttribute
        member.emailAttribute = reference.value("ldap", "user_email") ?? member.emailAttribute
        return MemberSource(member)
    }

    private func dropins(_ project: ProjectKey) throws -> (any Source)? {
        let directory = "\(home)/dropins/\(project)"
        let reference = setup.reference
        guard let (kind, base) = try plans.dropins(), let url = reference.value("dropins", "url") else {
            return try Files.status(directory) == nil ? nil : DropinSource(DropinSettings(directory: directory))
        }
        guard !setup.resolver.denies(url) else {
            return UnreachableSource(name: "dropins", reason: Denied(name: "[dropins]"))
        }
        let path = reference.value("dropins", "path") ?? (kind == .owncloud ? "dropins" : "")
        var store = DropinStore(kind, base, path: "\(path)/\(project)", http: platforms.environment.http)
        store.user = reference.value("dropins", "username")
        store.password =
            settings[AgentSettings.dropinsPassword] ?? reference.value("dropins", "password").map { Secret($0) }
        if let authority = reference.value("dropins", "verify") {
            store.trust = .certificate(file: self.path(authority))
        }
        return DropinSource(DropinSettings(directory: directory, store: store))
    }
}
