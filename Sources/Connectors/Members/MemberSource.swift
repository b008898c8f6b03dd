package import Gathering
package import LDAP
import Records
package import Tables

/// What the configuration says about the members of one project.
package struct MemberSettings: Sendable {
    package var client: DirectoryClient
    /// Where searches begin, e.g. `dc=example,dc=org`.
    package var root: String
    /// The `cn` of the project's group.
    package var group: String
    /// The attribute of a group that has its members.
    package var groupAttribute = "memberUid"
    /// Finds a member by such a value, which stands in the place of `{}`.
    package var searchFilter = "uid={}"
    package var userAttribute = "uid"
    package var displayAttribute = "displayName"
    package var emailAttribute = "mail"
    /// Members asked for at once: a filter for many is long, and servers have limits.
    package var together = 50

    package init(_ client: DirectoryClient, root: String, group: String) {
        self.client = client
        self.root = root
        self.group = group
    }
}

/// The members of a project's group in a directory.
package struct MemberSource: Source {
    private let settings: MemberSettings

    package init(_ settings: MemberSettings) { self.settings = settings }

    package var name: String { "ldap" }
    package var directory: DirectoryClient { settings.client }
    package var tables: [TableSchema] { [.member] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        request.activity.begin("members", total: nil)
        let client = settings.client
        let groups = try await client.search(
            below: settings.root, "(cn=\(DirectoryFilter.escaped(settings.group)))",
            attributes: [settings.groupAttribute])
        guard let group = groups.first(where: { !$0[settings.groupAttribute].isEmpty }) ?? groups.first else {
            throw NoGroup(group: settings.group)
        }
        let members = group[settings.groupAttribute]
        let stream = try request.output.stream(piece: 0)
        var report = SourceReport()
        var seen: Set<String> = []
        var found = 0
        for start in stride(from: 0, to: members.count, by: settings.together) {
            try Task.checkCancellation()
            let some = members[start..<min(start + settings.together, members.count)]
            let entries = try await client.search(
                below: settings.root, filter(some),
                attributes: [settings.userAttribute, settings.displayAttribute, settings.emailAttribute])
            for entry in entries {
                guard let name = entry[settings.userAttribute].first else { continue }
                found += 1
                // Who has no address is an account, not a person.
                guard let email = entry[settings.emailAttribute].first, seen.insert(name).inserted else { continue }
                try stream.append(
                    Record(.member, [name, entry[settings.displayAttribute].first ?? unknown, email]))
            }
            request.activity.advance(by: entries.count)
        }
        try request.output.finish(stream, piece: 0)
        if found < members.count {
            report.notes.append(
                "\(members.count - found) of \(members.count) members of the group are not in the directory")
        }
        return report
    }

    /// One search for the group alone, with the login of the gathering.
    package func reach(storage: String) async throws -> String? {
        var client = settings.client
        client.timeout = .seconds(20)
        let groups = try await client.search(
            below: settings.root, "(cn=\(DirectoryFilter.escaped(settings.group)))", attributes: ["cn"])
        guard !groups.isEmpty else { throw NoGroup(group: settings.group) }
        return "the directory lets the agent in and has the group"
    }

    /// Any of the members.
    private func filter(_ members: ArraySlice<String>) -> String {
        let parts = members.map { member -> String in
            var rest = settings.searchFilter[...]
            var text = ""
            while let place = rest.firstIndex(of: "{"), rest[place...].hasPrefix("{}") {
                text += rest[..<place] + DirectoryFilter.escaped(member)
                rest = rest[place...].dropFirst(2)
            }
            text += rest
            return text.hasPrefix("(") ? text : "(\(text))"
        }
        return "(|\(parts.joined()))"
    }

    private struct NoGroup: Error, CustomStringConvertible {
        let group: String
        var description: String {
            "the directory has no group \(group): check [groups] and root_dn of the settings file"
        }
    }
}
