import Commands
import ControllerAPI
import JSONValues
import SourceSettings
import Tables

/// Reads what a policy says, and collects what is wrong with it.
struct PolicyReader {
    private(set) var policy: Policy
    private(set) var faults: [PolicyFault] = []

    init(path: String) { policy = Policy(path: path) }

    /// What a source can be: those of `data_sources.json`, and the lists that settings of their own name.
    static let types = SourceKind.allCases.map(\.rawValue) + ["dropins", "ldap", "seats", "topdesk"]

    /// The members of the file and of each object in it. The published schema has the same, which a test sees to.
    static let members = [
        "": [
            "$schema", "comment", "deliveries", "fields", "hours", "networks", "projects", "rate", "sources",
            "variables",
        ],
        "sources": ["comment", "hosts", "paths", "projects", "types"],
        "hours": ["comment", "days", "from", "to"],
        "networks": ["allowed", "comment", "denied"],
        "rate": ["comment", "requests_per_minute", "runs", "within"],
    ]

    mutating func read(_ document: JSONValue) {
        guard let members = object(document, "", of: "") else { return }
        if let projects = members["projects"] { policy.projects = Set(keys(projects, "projects")) }
        if let sources = members["sources"] { policy.sources = list(sources, "sources") { $0.rule($1, $2) } }
        if let hours = members["hours"] { policy.hours = list(hours, "hours") { $0.range($1, $2) } }
        if let rate = members["rate"] { read(rate: rate) }
        if let fields = members["fields"] { read(fields: fields) }
        if let deliveries = members["deliveries"] { policy.deliveries = hosts(deliveries, "deliveries") }
        if let networks = members["networks"] { read(networks: networks) }
        if let variables = members["variables"] { read(variables: variables) }
    }

    private mutating func fault(_ place: String, _ expected: String, _ found: JSONValue, _ mend: String) {
        faults.append(.init(place, expected: expected, found: found.shown, mend: mend))
    }

    // MARK: Forms

    private mutating func object(_ value: JSONValue, _ place: String, of kind: String) -> [String: JSONValue]? {
        guard case .object(let members) = value else {
            fault(place, "an object", value, "Write {\"NAME\": …}.")
            return nil
        }
        let known = Self.members[kind] ?? []
        for name in members.keys.sorted() where !known.contains(name) {
            let meant = Spelling.nearest(to: name, among: known)
            faults.append(
                .init(
                    Self.place(place, name), expected: "one of \(known.joined(separator: ", "))",
                    found: "a member that is not known",
                    mend: meant.map { "Write \($0), or remove it." } ?? "Remove it, or say it in a comment."))
        }
        return members
    }

    private static func place(_ place: String, _ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private mutating func list<Item>(
        _ value: JSONValue, _ place: String, _ read: (inout PolicyReader, JSONValue, String) -> Item?
    ) -> [Item] {
        guard case .array(let entries) = value else {
            fault(place, "a list", value, "Put it in brackets.")
            return []
        }
        return entries.enumerated().compactMap { read(&self, $1, "\(place)[\($0)]") }
    }

    private mutating func text(_ value: JSONValue, _ place: String) -> String? {
        if case .text(let text) = value { return text }
        fault(place, "a text", value, "Put it in quotes.")
        return nil
    }

    /// A number from 1 on.
    private mutating func count(_ value: JSONValue, _ place: String, upTo limit: Int) -> Int? {
        if case .integer(let number) = value, (1...limit).contains(number) { return number }
        fault(place, "a whole number from 1 to \(limit)", value, "Write the number without quotes.")
        return nil
    }

    // MARK: Members

    private mutating func keys(_ value: JSONValue, _ place: String) -> [String] {
        list(value, place) { reader, entry, place in
            guard let key = reader.text(entry, place) else { return nil }
            let isKey =
                key.utf8.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } == true
                && key.utf8.allSatisfy { byte in
                    byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            guard isKey else {
                reader.fault(place, "the key of a project", entry, "Write it as in JIRA_KEY, in capitals.")
                return nil
            }
            return key
        }
    }

    private mutating func hosts(_ value: JSONValue, _ place: String) -> [HostPattern] {
        list(value, place) { reader, entry, place in
            guard let text = reader.text(entry, place) else { return nil }
            if let pattern = HostPattern(text) { return pattern }
            reader.fault(
                place, "HOST, *.DOMAIN or *, with :PORT if need be", entry, "Write the host alone, without https://.")
            return nil
        }
    }

    private mutating func read(networks: JSONValue) {
        guard let members = object(networks, "networks", of: "networks") else { return }
        func read(_ name: String) -> [IPNetwork]? {
            members[name].map { value in
                list(value, "networks.\(name)") { reader, entry, place in
                    guard let text = reader.text(entry, place) else { return nil }
                    if let network = IPNetwork(text) { return network }
                    reader.fault(
                        place, "an address, or a network whose host bits are zero", entry,
                        "Write e.g. \"192.0.2.0/24\" or \"2001:db8::/32\".")
                    return nil
                }
            }
        }
        policy.networks.allowed = read("allowed")
        policy.networks.denied = read("denied") ?? []
    }

    private mutating func paths(_ value: JSONValue, _ place: String) -> [PathPattern] {
        list(value, place) { reader, entry, place in
            guard let text = reader.text(entry, place) else { return nil }
            if let pattern = PathPattern(text) { return pattern }
            reader.fault(
                place, "a path that begins with / and has neither . nor .. in it", entry, "Write e.g. \"/group\".")
            return nil
        }
    }

    private mutating func rule(_ value: JSONValue, _ place: String) -> SourceRule? {
        guard let members = object(value, place, of: "sources") else { return nil }
        var rule = SourceRule()
        if let types = members["types"] {
            let known = Self.types
            rule.types = Set(
                list(types, "\(place).types") { reader, entry, place in
                    guard let text = reader.text(entry, place) else { return nil }
                    if known.contains(text) { return text }
                    let meant = Spelling.nearest(to: text, among: known)
                    reader.fault(
                        place, "one of \(known.joined(separator: ", "))", entry,
                        meant.map { "Write \($0)." } ?? "Write the type as data_sources.json has it.")
                    return nil
                })
        }
        if let projects = members["projects"] { rule.projects = Set(keys(projects, "\(place).projects")) }
        if let hosts = members["hosts"] { rule.hosts = self.hosts(hosts, "\(place).hosts") }
        if let paths = members["paths"] { rule.paths = self.paths(paths, "\(place).paths") }
        return rule
    }

    private mutating func range(_ value: JSONValue, _ place: String) -> HourRange? {
        guard let members = object(value, place, of: "hours") else { return nil }
        var days = Array(LocalTime.names.indices)
        if let given = members["days"] {
            days = list(given, "\(place).days") { reader, entry, place in
                guard let text = reader.text(entry, place) else { return nil }
                if let day = LocalTime.names.firstIndex(of: text) { return day }
                reader.fault(
                    place, "one of \(LocalTime.names.joined(separator: ", "))", entry, "Write three small letters.")
                return nil
            }
        }
        guard let from = minute(members["from"] ?? .null, "\(place).from"),
            let to = minute(members["to"] ?? .null, "\(place).to")
        else { return nil }
        return HourRange(days: Set(days), from: from, to: to)
    }

    private mutating func minute(_ value: JSONValue, _ place: String) -> Int? {
        if case .text(let text) = value, let minute = HourRange.minute(text) { return minute }
        fault(place, "HH:MM from 00:00 to 24:00", value, "Write e.g. \"07:30\".")
        return nil
    }

    private mutating func read(rate: JSONValue) {
        guard let members = object(rate, "rate", of: "rate") else { return }
        if let requests = members["requests_per_minute"] {
            policy.requestsPerMinute = count(requests, "rate.requests_per_minute", upTo: 1_000_000)
        }
        guard members["runs"] != nil || members["within"] != nil else { return }
        let runs = count(members["runs"] ?? .null, "rate.runs", upTo: 10_000)
        guard let (within, text) = span(members["within"] ?? .null, "rate.within"), let runs else { return }
        policy.rate = Policy.Rate(runs: runs, within: within, text: text)
    }

    /// A time such as `30min`, a year at most.
    private mutating func span(_ value: JSONValue, _ place: String) -> (Duration, String)? {
        let units = [("min", 60), ("h", 3600), ("d", 86400)]
        if case .text(let text) = value, let unit = units.first(where: { text.hasSuffix($0.0) }),
            let number = UInt32(text.dropLast(unit.0.utf8.count)), (1...366 * 86400 / unit.1).contains(Int(number))
        {
            return (.seconds(Int(number) * unit.1), text)
        }
        fault(place, "a time such as 30min, 12h or 7d, of 366d at most", value, "Write e.g. \"1d\".")
        return nil
    }

    private mutating func read(variables: JSONValue) {
        let granted: [String] = list(variables, "variables") { reader, entry, place in
            guard let name = reader.text(entry, place) else { return nil }
            if Policy.grantableVariables.contains(name) { return name }
            reader.fault(
                place, "one of \(Policy.grantableVariables.sorted().joined(separator: ", "))", entry,
                "Remove it: all else is never the controller's to set.")
            return nil
        }
        policy.variables = Set(granted)
    }

    // MARK: Fields

    private mutating func read(fields: JSONValue) {
        guard case .object(let given) = fields else {
            return fault("fields", "an object", fields, "Write {\"TABLE\": [\"FIELD\", …]}.")
        }
        var tables: [String: FieldLimits.Table] = [:]
        var others: FieldLimits.Table?
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            let place = "fields.\(name)"
            if name == "*" {
                others = table(value, place, columns: Set(TableSchema.catalogue.flatMap { $0.columns.map(\.name) }))
            } else if DeclaredTable.isTableName(name) {
                // Its fields are declared elsewhere, and may not be yet.
                let table = table(value, place, columns: nil)
                check(FieldLimits([name: table], others: nil), key: ["source", "id"], of: name, place)
                tables[name] = table
            } else if let schema = TableSchema.catalogue.first(where: { $0.name == name }) {
                let table = table(value, place, columns: Set(schema.columns.map(\.name)))
                check(FieldLimits([name: table], others: nil), key: schema.key, of: name, place)
                tables[name] = table
            } else {
                let meant = Spelling.nearest(to: name, among: TableSchema.catalogue.map(\.name))
                faults.append(
                    .init(
                        place, expected: "a table, or * for all others", found: "none of that name",
                        mend: meant.map { "Write \($0)." } ?? "'agent preview' shows the tables of a project."))
            }
        }
        policy.fields = FieldLimits(tables, others: others)
    }

    /// - Parameter columns: those that there are; `nil` where that is not known.
    private mutating func table(_ value: JSONValue, _ place: String, columns: Set<String>?) -> FieldLimits.Table {
        let names: [String] = list(value, place) { reader, entry, place in
            guard let text = reader.text(entry, place) else { return nil }
            let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
            let isField = columns.map { $0.contains(name) } ?? (name == "source" || DeclaredTable.isColumnName(name))
            if isField || name == "*" && !text.hasPrefix("-") { return text }
            let meant = Spelling.nearest(to: name, among: (columns ?? []).sorted())
            reader.fault(
                place, "a field of the table, *, or -FIELD", entry,
                meant.map { "Write \($0)." } ?? "'agent preview' shows the fields of each table.")
            return nil
        }
        let taken = names.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
        let given = names.filter { !$0.hasPrefix("-") && $0 != "*" }
        if names.contains("*") ? !given.isEmpty : !taken.isEmpty {
            fault(
                place, "fields, or * with those left out as -FIELD", value,
                "Write either [\"FIELD\", …] or [\"*\", \"-FIELD\", …].")
        }
        return names.contains("*") ? .allBut(Set(taken)) : .only(Set(given))
    }

    /// Where something of a table may leave, what tells its rows apart has to.
    private mutating func check(_ limits: FieldLimits, key: [String], of table: String, _ place: String) {
        let missing = key.filter { !limits.permits($0, of: table) }
        guard !missing.isEmpty, !limits.isEmpty(table) else { return }
        faults.append(
            .init(
                place, expected: "the fields that tell rows apart: \(key.joined(separator: ", "))",
                found: "\(missing.joined(separator: ", ")) left out",
                mend: "Permit \(missing.count == 1 ? "it" : "them"), or write [] to keep the whole table."))
    }
}
