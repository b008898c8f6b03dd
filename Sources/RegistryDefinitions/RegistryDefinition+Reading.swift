package import Configuration
import Cryptography
import JSONValues
import Tables

extension RegistryDefinition {
    /// Reads a definition; `Documentation/rest-tracker.schema.json` says its form.
    /// - Parameter path: for messages.
    /// - Throws: all faults together.
    package init(_ content: [UInt8], path: String) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONValue(content)
        } catch {
            throw ConfigurationError([
                .init(.malformedLine, path, "expected JSON; look for a comma, bracket or quote too many or too few")
            ])
        }
        var faults = FaultCollector(file: path)
        let members =
            faults.members(value, "$", ["$schema", "base", "plain_http", "login", "headers", "resources"]) ?? [:]
        self.path = path
        mark = String(SHA256.digest(of: content).hex.prefix(12))
        base = Self.base(members, &faults)
        let login = Self.login(members["login"] ?? .null, &faults)
        self.login = login.login
        userVariable = login.user
        passwordVariable = login.password
        tokenVariable = login.token
        headers = faults.parameters(members, "headers", "$")
        for header in headers
        where ["authorization", "cookie", "proxy-authorization"].contains(header.name.lowercased()) {
            faults.add(
                "$.headers.\(header.name)",
                "expected no login among the headers; say it in login, whose secrets come from settings"
            )
        }
        resources = Self.resources(members["resources"], &faults)
        guard faults.faults.isEmpty else { throw ConfigurationError(faults.faults) }
    }

    private static func base(_ members: [String: JSONValue], _ faults: inout FaultCollector) -> String {
        let isPlainAllowed = faults.flag(members, "plain_http", "$")
        guard let base = faults.requiredText(members, "base", "$", "the URL that all paths are below") else {
            return ""
        }
        let authority = base.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(2).first
        guard base.hasPrefix("https://") || base.hasPrefix("http://"), let authority, !authority.isEmpty,
            !base.contains(where: { $0 == " " || $0 == "?" || $0 == "#" })
        else {
            faults.add("$.base", "expected a URL such as https://registry.example/api/ without ? and #, found none")
            return ""
        }
        if authority.contains("@") {
            faults.add(
                "$.base", "expected a URL without a login; say it in SOURCE_<n>_USERNAME and SOURCE_<n>_PASSWORD")
        }
        if base.hasPrefix("http://"), !isPlainAllowed {
            faults.add(
                "$.base",
                "expected https://, because anybody in between can read http://; add \"plain_http\": true if that is meant"
            )
        }
        return base
    }

    private typealias LoginParts = (login: Login, user: String?, password: String?, token: String?)

    private static func login(_ value: JSONValue, _ faults: inout FaultCollector) -> LoginParts {
        guard !value.isNull else { return (.none, nil, nil, nil) }
        let place = "$.login"
        let variables = ["user_variable", "password_variable", "token_variable"]
        let kinds = ["none", "basic", "bearer", "header", "form"]
        let kind = value.members.flatMap { faults.choice($0, "kind", place, kinds) }
        let own: [String] =
            switch kind {
            case "header": ["name", "value"]
            case "form": ["path", "user_field", "password_field", "fields", "reads_page", "cookie"]
            default: []
            }
        guard kind != nil || value.members == nil,
            let members = faults.members(value, place, ["kind"] + own + variables)
        else { return (.none, nil, nil, nil) }
        let names = variables.map { name -> String? in
            guard let text = faults.text(members, name, place) else { return nil }
            let isName =
                text.utf8.allSatisfy { byte in
                    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F
                } && text.utf8.first.map { $0 > 0x39 } == true
            guard isName else {
                faults.add(
                    "\(place).\(name)",
                    "expected the name of a variable such as REGISTRY_PASS; the value itself has no place in this file")
                return nil
            }
            return text
        }
        let login: Login
        switch kind {
        case "basic": login = .basic
        case "bearer": login = .bearer
        case "header":
            let name = faults.requiredText(members, "name", place, "the name of the header field")
            let form = faults.text(members, "value", place) ?? "{token}"
            if !["{token}", "{user}", "{password}"].contains(where: form.contains) {
                faults.add(
                    "\(place).value",
                    "expected {token}, or {user} and {password}, which are filled in; no secret belongs here")
            }
            login = .header(name: name ?? "", value: form)
        case "form":
            login = .form(
                Form(
                    path: faults.requiredText(members, "path", place, "the path that the form is sent to") ?? "",
                    userField: faults.text(members, "user_field", place) ?? "username",
                    passwordField: faults.text(members, "password_field", place) ?? "password",
                    fields: faults.parameters(members, "fields", place),
                    readsPage: faults.flag(members, "reads_page", place), cookie: faults.text(members, "cookie", place))
            )
        default: login = .none
        }
        return (login, names[0], names[1], names[2])
    }

    private static func resources(_ value: JSONValue?, _ faults: inout FaultCollector) -> [Resource] {
        guard let list = value?.list, !list.isEmpty else {
            faults.add(
                "$.resources", "expected a list with at least one resource, found \(value.map(\.kind) ?? "nothing")",
                .missing)
            return []
        }
        var resources: [Resource] = []
        var tables: [String: String] = [:]
        for (index, entry) in list.enumerated() {
            let place = "$.resources[\(index)]"
            guard let resource = resource(entry, place, &faults) else { continue }
            if let earlier = tables[resource.table.name],
                let other = resources.first(where: { $0.table.name == resource.table.name }),
                other.table != resource.table
            {
                faults.add(
                    "\(place).fields", "expected the same columns as \(earlier) has for the same table", .conflict)
            }
            tables[resource.table.name] = place
            resources.append(resource)
        }
        return resources
    }

    private static func resource(_ value: JSONValue, _ place: String, _ faults: inout FaultCollector) -> Resource? {
        let known = [
            "path", "parameters", "paging", "records", "total", "key", "personal_key", "detail", "changed_since",
            "table",
            "fields",
        ]
        guard let members = faults.members(value, place, known) else { return nil }
        let path = faults.requiredText(members, "path", place, "the path of the list below the base")
        if let path, path.hasPrefix("/") || path.contains("://") {
            faults.add("\(place).path", "expected a path below the base without a slash in front, found another form")
        }
        let parameters = faults.parameters(members, "parameters", place)
        let paging = paging(members["paging"] ?? .null, "\(place).paging", &faults)
        let records = faults.path(members, "records", place) ?? MemberPath("")
        let total = faults.path(members, "total", place)
        if members["key"] == nil {
            faults.add(
                "\(place).key", "expected the way to what identifies a record, found nothing; add \"key\": \"id\"",
                .missing)
        }
        let key = faults.path(members, "key", place)
        let detail = faults.text(members, "detail", place)
        if let detail, !detail.contains("{key}") || detail.hasPrefix("/") || detail.contains("://") {
            faults.add("\(place).detail", "expected a path below the base with {key} in it, such as items/{key}")
        }
        let changed = changedSince(members["changed_since"] ?? .null, "\(place).changed_since", &faults)
        let isKeyPersonal = faults.flag(members, "personal_key", place)
        let name = tableName(members, place, &faults)
        let (columns, fields) = fields(members["fields"], "\(place).fields", &faults)
        let declared = DeclaredTable(
            name: name ?? "", columns: [.init(name: "id", type: .text, personal: isKeyPersonal)] + columns)
        guard let path, let paging, let records, let key, let table = declared.schema else { return nil }
        return Resource(
            path: path, parameters: parameters, paging: paging, records: records, total: total, key: key,
            detail: detail,
            changedSince: changed, table: table, fields: fields)
    }

    private static func tableName(
        _ members: [String: JSONValue], _ place: String, _ faults: inout FaultCollector
    ) -> String? {
        guard let name = faults.requiredText(members, "table", place, "the name of the table for the records") else {
            return nil
        }
        guard DeclaredTable.isTableName(name) else {
            faults.add(
                "\(place).table",
                "expected rest_ and small letters, digits and underscores, 50 at most, such as rest_cell_line, found another name"
            )
            return nil
        }
        return name
    }

    private static func paging(_ value: JSONValue, _ place: String, _ faults: inout FaultCollector) -> Paging? {
        guard !value.isNull else { return Paging.none }
        let kinds = ["none", "link", "page", "offset", "cursor"]
        let kind = value.members.flatMap { faults.choice($0, "kind", place, kinds) }
        let own: [String] =
            switch kind {
            case "link": ["next"]
            case "page": ["parameter", "first", "size_parameter", "size"]
            case "offset": ["parameter", "first", "size_parameter", "size"]
            case "cursor": ["parameter", "next"]
            default: []
            }
        guard kind != nil || value.members == nil, let members = faults.members(value, place, ["kind"] + own) else {
            return nil
        }
        switch kind {
        case "link": return .link(next: faults.path(members, "next", place))
        case "page", "offset":
            let numbers = Numbers(
                parameter: faults.requiredText(members, "parameter", place, "the parameter that says which page") ?? "",
                first: faults.number(members, "first", place, 0...1_000_000) ?? (kind == "page" ? 1 : 0),
                sizeParameter: faults.text(members, "size_parameter", place),
                size: faults.number(members, "size", place, 1...100_000))
            if (numbers.size == nil) != (numbers.sizeParameter == nil) {
                faults.add(
                    place, "expected size and size_parameter together, found one of them; add the other one", .conflict)
            }
            return kind == "page" ? .page(numbers) : .offset(numbers)
        case "cursor":
            let parameter = faults.requiredText(members, "parameter", place, "the parameter that takes the cursor")
            if members["next"] == nil {
                faults.add(
                    "\(place).next", "expected the way to the next cursor, found nothing; add \"next\": \"…\"", .missing
                )
            }
            guard let parameter, let next = faults.path(members, "next", place) else { return nil }
            return .cursor(parameter: parameter, next: next)
        default: return Paging.none
        }
    }

    private static func changedSince(
        _ value: JSONValue, _ place: String, _ faults: inout FaultCollector
    ) -> ChangedSince? {
        guard !value.isNull, let members = faults.members(value, place, ["parameter", "form", "operator"]) else {
            return nil
        }
        let parameter = faults.requiredText(members, "parameter", place, "the parameter that takes the moment")
        let comparison = faults.text(members, "operator", place) ?? ""
        let form = faults.choice(
            members, "form", place, ChangedSince.Form.allCases.map(\.rawValue), otherwise: "rfc3339")
        guard let parameter, let form = form.flatMap({ ChangedSince.Form(rawValue: $0) }) else { return nil }
        return ChangedSince(parameter: parameter, form: form, comparison: comparison)
    }

    private static func fields(
        _ value: JSONValue?, _ place: String, _ faults: inout FaultCollector
    ) -> ([DeclaredTable.Column], [Field]) {
        guard let entries = value?.members, !entries.isEmpty else {
            faults.add(
                place, "expected an object with at least one column, found \(value.map(\.kind) ?? "nothing")", .missing)
            return ([], [])
        }
        if entries.count >= DeclaredTable.columnLimit {
            faults.add(place, "expected fewer than \(DeclaredTable.columnLimit) columns, found \(entries.count)")
        }
        var columns: [DeclaredTable.Column] = []
        var fields: [Field] = []
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard DeclaredTable.isColumnName(name), name != "id" else {
                faults.add(
                    place,
                    "expected names of columns of small letters, digits and underscores, 50 at most, and none of id, \(DeclaredTable.reserved.sorted().joined(separator: ", ")); found another one; rename the column, not its path"
                )
                continue
            }
            // A text alone is the path.
            let described: JSONValue = if case .text = entry { .object(["path": entry]) } else { entry }
            let there = "\(place).\(name)"
            guard let members = faults.members(described, there, ["path", "type", "personal"]) else { continue }
            let words = ["text", "integer", "decimal", "boolean", "date"]
            let type = faults.choice(members, "type", there, words, otherwise: "text")
            let isPersonal = faults.flag(members, "personal", there)
            if isPersonal, let type, type != "text" {
                faults.add(
                    "\(there).type", "expected a text where it is personal, because a pseudonym is one", .conflict)
            }
            if members["path"] == nil {
                faults.add(
                    "\(there).path", "expected the way to the value, found nothing; add \"path\": \"…\"", .missing)
            }
            guard let path = faults.path(members, "path", there),
                let type = type.flatMap({ TableSchema.ColumnType(rawValue: $0) })
            else { continue }
            columns.append(.init(name: name, type: type, personal: isPersonal))
            fields.append(Field(path: path, type: type))
        }
        return (columns, fields)
    }
}
