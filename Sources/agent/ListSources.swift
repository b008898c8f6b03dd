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

    private func topdesk(_ project: ProjectKey) throws -> (any Source)? {
        let path = path(settings[AgentSettings.topdeskFile])
        guard try Files.status(path) != nil else { return nil }
        let file = try INIFile(path: path)
        func values(_ section: String) -> [String: String] {
            Dictionary((file.options(section) ?? []).map { ($0.name, $0.value) }) { first, _ in first }
        }
        let whitelist = values("whitelist")
        do {
            let filter = try ReservationFilter(
                passes: values("projects"), whitelist: whitelist.filter { $0.key != "all" }, common: whitelist["all"],
                blacklist: values("blacklist")["all"], listedOnly: settings[AgentSettings.topdeskListedOnly])
            return TopdeskSource(
                TopdeskSettings(
                    path: self.path(settings[AgentSettings.topdeskDump]), project: project.text, filter: filter,
                    headers: values("names").mapValues(Self.unescaped)))
        } catch {
            throw ConfigurationError([
                .init(.badValue, "\(path), \(error.place)", "expected a regular expression, found a text that is none")
            ])
        }
    }

    /// Bytes written as `\xNN` are those of UTF-8.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let range = rest.ranges(of: "\\x").first {
            bytes += rest[..<range.lowerBound].utf8
            let digits = rest[range.upperBound...].prefix(2)
            if digits.count == 2, let byte = UInt8(digits, radix: 16) {
                bytes.append(byte)
                rest = rest[digits.endIndex...]
            } else {
                bytes += "\\x".utf8
                rest = rest[range.upperBound...]
            }
        }
        return String(decoding: bytes + Array(rest.utf8), as: UTF8.self)
    }

    private func seats(_ project: ProjectKey) throws -> (any Source)? {
        let patterns = settings[AgentSettings.seatFiles]
        let path = path(settings[AgentSettings.seatPlan])
        guard !patterns.isEmpty, try Files.status(path) != nil else { return nil }
        let plan = try SeatPlan(Files.read(path), path: path)
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
        guard let url = reference.value("dropins", "url") else {
            return try Files.status(directory) == nil ? nil : DropinSource(DropinSettings(directory: directory))
        }
        let word = reference.value("dropins", "type") ?? DropinStore.Kind.owncloud.rawValue
        guard let kind = DropinStore.Kind(rawValue: word) else {
            throw ConfigurationError([
                .init(.badValue, "type of [dropins]", "expected owncloud or webdav, found another word")
            ])
        }
        let base: WebAddress
        do {
            base = try WebAddress(url)
        } catch {
            throw ConfigurationError([
                .init(.badValue, "url of [dropins]", "expected a URL of https, found none (\(error))")
            ])
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
