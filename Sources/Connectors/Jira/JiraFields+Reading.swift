import Commands
package import Configuration
import JSONValues
import Tables

extension JiraFields {
    /// Reads a `jira_fields.json`.
    /// - Parameter path: for messages.
    /// - Throws: all faults together, each with its place in the file.
    package init(_ content: [UInt8], path: String) throws(ConfigurationError) {
        let whole: JSONValue
        do {
            whole = try JSONValue(content)
        } catch {
            throw ConfigurationError([.init(.badValue, "\(path) at $", "expected a JSON object, found no JSON")])
        }
        var reader = MappingReader(path: path)
        self = reader.read(whole)
        guard reader.faults.isEmpty else { throw ConfigurationError(reader.faults) }
    }
}

/// Goes through a mapping and collects what is wrong with it.
private struct MappingReader {
    let path: String
    private(set) var faults: [ConfigurationFault] = []

    init(path: String) { self.path = path }

    /// Columns that no field gives.
    private static let special: Set = ["changelog_id", "updated_by"]
    private static let parsers: Set = ["comment", "components", "issuelinks", "subtasks"]
    private static let members = [
        "primary", "field", "property", "special_parser", "type", "changelog_primary", "changelog_name", "table",
        "table_options", "fields",
    ]

    private mutating func add(
        _ place: String, _ problem: String, _ code: ConfigurationFault.Code = .badValue, suggestion: String? = nil
    ) {
        faults.append(.init(code, "\(path) at \(place)", problem, suggestion: suggestion))
    }

    mutating func read(_ whole: JSONValue) -> JiraFields {
        var mapping = JiraFields()
        mapping.fields = []
        guard let columns = whole.members else {
            add("$", "expected an object of columns, found \(whole.kind)")
            return mapping
        }
        let known = JiraTables.issueColumns
        for (column, value) in columns.sorted(by: { $0.key < $1.key }) {
            let place = "$.\(Self.printable(column))"
            guard let members = value.members else {
                add(place, "expected an object, found \(value.kind)")
                continue
            }
            for name in members.keys.sorted() where !Self.members.contains(name) {
                add(
                    "\(place).\(Self.printable(name))", "expected one of \(Self.members.joined(separator: ", "))",
                    .unknownName, suggestion: Spelling.nearest(to: name, among: Self.members))
            }
            let history = text(members, "changelog_name", place)
            if column == "components" { mapping.componentHistory = history ?? mapping.componentHistory }
            if column == "issuelinks" { mapping.linkHistory = history ?? mapping.linkHistory }
            personal(members, place, &mapping)
            if Self.special.contains(column) || Self.parsers.contains(column) { continue }
            if text(members, "special_parser", place) != nil {
                add(
                    "\(place).special_parser",
                    "expected none: only \(Self.parsers.sorted().joined(separator: ", ")) have one")
                continue
            }
            let isCustom = !known.contains(column)
            if isCustom {
                let near = Spelling.nearest(to: column, among: known.filter { columns[$0] == nil })
                guard near == nil, DeclaredTable.isColumnName(column), column != "id" else {
                    add(
                        place,
                        "expected a column of the table of issues, or another name of small letters, digits and underscores",
                        .unknownName, suggestion: near)
                    continue
                }
            }
            if let field = field(column, members, place, history, isCustom) { mapping.fields.append(field) }
        }
        return mapping
    }

    private mutating func field(
        _ column: String, _ members: [String: JSONValue], _ place: String, _ history: String?, _ isCustom: Bool
    ) -> JiraFields.Field? {
        let primary = text(members, "primary", place)
        let name = text(members, "field", place)
        let property = text(members, "property", place)
        if property != nil, name == nil {
            add("\(place).property", "expected a field to go with it; add \"field\": \"…\"", .missing)
            return nil
        }
        if isCustom, primary == nil, name == nil {
            add(place, "expected where the value comes from; add \"field\": \"…\"", .missing)
            return nil
        }
        guard let form = form(members["type"], "\(place).type") else { return nil }
        var field = JiraFields.Field(
            column: column, primary: primary, field: name, property: property, history: history, form: form)
        field.isCustom = isCustom
        guard isCustom, let table = members["table"], !table.isNull else { return field }
        guard let details = table.members else {
            if text(members, "table", place) == nil { return nil }
            return field
        }
        guard property != nil else {
            add("\(place).table", "expected a property to go with it, which tells the rows apart", .missing)
            return nil
        }
        for (detail, type) in details.sorted(by: { $0.key < $1.key }) {
            guard DeclaredTable.isColumnName(detail), detail != "id" else {
                add(
                    "\(place).table.\(Self.printable(detail))",
                    "expected a name of small letters, digits and underscores")
                continue
            }
            if let form = self.form(type, "\(place).table.\(detail)") {
                field.details.append(.init(name: detail, form: form))
            }
        }
        return field
    }

    /// One type, or several of which the last one counts.
    private mutating func form(_ value: JSONValue?, _ place: String) -> JiraFields.Form? {
        var last = JiraFields.Form.text
        let types: [JSONValue] =
            switch value {
            case nil, .null: []
            case .array(let list): list
            case let one?: [one]
            }
        for type in types {
            guard case .text(let name) = type else {
                add(place, "expected the name of a type, found \(type.kind)")
                return nil
            }
            guard let form = JiraFields.Form(rawValue: name) else {
                let names = JiraFields.Form.allCases.map(\.rawValue)
                add(
                    place, "expected one of \(names.joined(separator: ", "))", .unknownName,
                    suggestion: Spelling.nearest(to: name, among: names))
                return nil
            }
            last = form
        }
        return last
    }

    private mutating func personal(
        _ members: [String: JSONValue], _ place: String, _ mapping: inout JiraFields
    ) {
        guard let options = members["table_options"], !options.isNull else { return }
        guard let options = options.members else { return add("\(place).table_options", "expected an object") }
        guard let fields = options["encrypt_fields"], !fields.isNull else { return }
        guard let list = fields.list else {
            return add("\(place).table_options.encrypt_fields", "expected a list of texts")
        }
        mapping.personal.formUnion(list.compactMap { if case .text(let name) = $0 { name } else { nil } })
    }

    private mutating func text(_ members: [String: JSONValue], _ name: String, _ place: String) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .text(let text) where !text.isEmpty: return text
        case let other?:
            if name != "table" || other.members == nil {
                add(
                    "\(place).\(name)", "expected a text, found \(other.kind == "a text" ? "an empty one" : other.kind)"
                )
            }
            return nil
        }
    }

    /// Names may be anything that somebody typed by mistake, but go to a terminal.
    private static func printable(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(60).map {
                $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) ? Character($0) : "?"
            })
    }
}

extension JiraFields {
    /// The table of the custom columns, a row for each version of an issue; `nil` without any.
    var customTable: TableSchema? {
        let custom = fields.filter(\.isCustom)
        guard !custom.isEmpty else { return nil }
        let keys = ["id", "issue_id", "changelog_id"].map {
            DeclaredTable.Column(name: $0, type: .text, personal: false)
        }
        return DeclaredTable(
            name: "\(DeclaredTable.prefix)jira_fields",
            columns: keys + custom.filter { !["issue_id", "changelog_id"].contains($0.column) }.map(declared)
        ).schema
    }

    /// The table of what else a custom field's object says; `nil` for a field without such.
    func detailTable(of field: Field) -> TableSchema? {
        guard !field.details.isEmpty else { return nil }
        let columns = field.details.map { detail in
            DeclaredTable.Column(
                name: detail.name, type: .text, personal: detail.form == .developer || personal.contains(detail.name))
        }
        return DeclaredTable(
            name: "\(DeclaredTable.prefix)jira_\(field.column)",
            columns: [DeclaredTable.Column(name: "id", type: .text, personal: false)] + columns
        ).schema
    }

    /// The tables that the mapping adds to those of every Jira.
    var customTables: [TableSchema] { (customTable.map { [$0] } ?? []) + fields.compactMap(detailTable) }

    private func declared(_ field: Field) -> DeclaredTable.Column {
        let type: TableSchema.ColumnType =
            switch field.form {
            case .int, .identifier, .count, .labels: .integer
            case .decimal: .decimal
            default: .text
            }
        return .init(
            name: field.column, type: type, personal: field.form == .developer || personal.contains(field.column))
    }
}
