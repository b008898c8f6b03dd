import FoundationEssentials
import REST
import Records
import Tables
import Timestamps

/// Which fields of a work item become which members of a row, and how.
package struct WorkItemFields: Sendable {
    enum Kind: String, Decodable, Sendable {
        case string, integer, decimal, timestamp, unicode, tags, developer
    }

    private struct Entry: Decodable, Sendable {
        let type: Kind
        let names: [String]

        init(_ type: Kind, _ names: String...) {
            self.type = type
            self.names = names
        }

        private enum CodingKeys: String, CodingKey { case type, field, fields }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            type = try values.decode(Kind.self, forKey: .type)
            let one = try values.decodeIfPresent(String.self, forKey: .field)
            names = try one.map { [$0] } ?? values.decode([String].self, forKey: .fields)
        }
    }

    private let entries: [String: Entry]
    /// Targets for which the table has no column.
    package let unknownTargets: [String]

    /// Reads a `vsts_fields.json`: members of a row to objects with `type` and `field`, or `fields` in order of preference.
    package init(json: [UInt8]) throws {
        let entries = try JSONDecoder().decode([String: Entry].self, from: Data(json))
        let columns = Set(TableSchema.tfsWorkItem.columns.map(\.name))
        self.entries = entries.filter { columns.contains($0.key) }
        unknownTargets = entries.keys.filter { !columns.contains($0) }.sorted()
    }

    /// The fields of the templates that come with Azure DevOps.
    package init() {
        entries = [
            "status": Entry(.string, "System.State"), "issuetype": Entry(.string, "System.WorkItemType"),
            "created_date": Entry(.timestamp, "System.CreatedDate"),
            "reporter": Entry(.developer, "System.CreatedBy"), "assignee": Entry(.developer, "System.AssignedTo"),
            "updated": Entry(.timestamp, "System.ChangedDate"), "updated_by": Entry(.developer, "System.ChangedBy"),
            "title": Entry(.unicode, "System.Title"), "description": Entry(.unicode, "System.Description"),
            "labels": Entry(.tags, "System.Tags"), "attachments": Entry(.integer, "System.AttachedFileCount"),
            "project_name": Entry(.unicode, "System.TeamProject"), "team_name": Entry(.unicode, "System.NodeName"),
            "sprint_name": Entry(.string, "System.IterationPath"),
            "priority": Entry(.integer, "Microsoft.VSTS.Common.Priority"),
            "rank_change": Entry(
                .integer, "Microsoft.VSTS.Common.BacklogPriority", "Microsoft.VSTS.Common.StackRank"),
            "additional_information": Entry(.unicode, "Microsoft.VSTS.Common.AcceptanceCriteria"),
            "severity": Entry(.string, "Microsoft.VSTS.Common.Severity"),
            "business_value": Entry(.integer, "Microsoft.VSTS.Common.BusinessValue"),
            "duedate": Entry(.timestamp, "Microsoft.VSTS.Scheduling.TargetDate"),
            "story_points": Entry(
                .decimal, "Microsoft.VSTS.Scheduling.Effort", "Microsoft.VSTS.Scheduling.StoryPoints"),
        ]
        unknownTargets = []
    }

    /// The names of all fields, for the request.
    var all: [String] { Array(Set(entries.values.flatMap(\.names))).sorted() }

    /// The row of a revision and the people named in it.
    func record(_ revision: AzureAnswer.Revision) -> (row: Record, people: [Person]) {
        var people: [Person] = []
        let values = TableSchema.tfsWorkItem.columns.map { column -> String? in
            if column.name == "issue_id" { return "\(revision.id)" }
            if column.name == "changelog_id" { return "\(revision.rev)" }
            guard let entry = entries[column.name],
                let value = entry.names.compactMap({ revision.fields?[$0] }).first(where: { $0 != .other })
            else { return nil }
            guard entry.type == .developer else { return Self.text(value, entry.type) }
            let person = Person(value)
            if let person { people.append(person) }
            return person?.name
        }
        return (Record(.tfsWorkItem, values), people)
    }

    private static func text(_ value: AzureValue, _ kind: Kind) -> String? {
        switch kind {
        case .string, .unicode: return value.text
        case .integer:
            if case .number(let number) = value { return Int(exactly: number.rounded(.towardZero)).map { "\($0)" } }
            return value.text.flatMap { Int($0) }.map { "\($0)" }
        case .decimal:
            if case .number(let number) = value { return "\(number)" }
            return value.text.flatMap { Double($0) }.map { "\($0)" }
        case .timestamp: return value.text.flatMap { APIDate($0) }?.moment.local
        case .tags:
            guard let text = value.text else { return nil }
            // Ended by a semicolon or not.
            return "\(text.split(separator: ";").count { !$0.allSatisfy { $0 == " " } })"
        case .developer: return nil
        }
    }
}

/// Somebody who is named in a work item: `Name <address>`, or an object in newer answers.
struct Person: Hashable {
    let name: String
    let account: String

    init?(_ value: AzureValue) {
        switch value {
        case .identity(let name?, let account):
            self.name = name
            self.account = account ?? unknown
        case .text(let text):
            guard text.hasSuffix(">"), let start = text.lastIndex(of: "<"), start > text.startIndex,
                text[text.index(before: start)] == " "
            else { return nil }
            name = String(text[..<text.index(before: start)])
            account = String(text[text.index(after: start)...].dropLast())
        default: return nil
        }
    }
}
