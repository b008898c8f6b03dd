package import Configuration
import FoundationEssentials
import JSONValues

/// How the forecasts of seats are to be read: the content of `seats.json`.
package struct SeatPlan: Sendable, Equatable {
    /// The sheet of a workbook.
    package let sheet: String
    /// How the date of a forecast stands in the name of its file, as in `plans/forecast-%Y-%m-%d.xlsx`.
    let fileName: String
    /// Keys of projects by the names of teams.
    let projects: [String: [String]]
    /// What is taken off the beginning of names.
    let prefixes: [String]
    /// Beginnings of names that end the table.
    let ignored: [String]

    /// - Throws: all faults together.
    package init(_ content: [UInt8], path: String) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(content))
        } catch {
            throw ConfigurationError([.init(.malformedLine, path, "expected JSON, found something else")])
        }
        var faults: [ConfigurationFault] = []
        for name in (value.members ?? [:]).keys.sorted()
        where !["sheet", "filename", "projects", "prefixes", "ignore"].contains(name) {
            faults.append(
                .init(
                    .unknownName, path, "expected sheet, filename, projects, prefixes and ignore, found another member")
            )
        }
        func texts(_ name: String) -> [String] {
            if value[name].isNull { return [] }
            let list = value[name].list?.compactMap(\.plain)
            if list == nil || list?.count != value[name].list?.count {
                faults.append(.init(.badValue, "\(path) at $.\(name)", "expected a list of texts"))
            }
            return list ?? []
        }
        func text(_ name: String) -> String {
            guard let text = value[name].plain, !text.isEmpty else {
                faults.append(.init(.missing, "\(path) at $.\(name)", "expected a text, found \(value[name].kind)"))
                return ""
            }
            return text
        }
        sheet = text("sheet")
        fileName = value["filename"].isNull ? "" : text("filename")
        prefixes = texts("prefixes")
        ignored = texts("ignore")
        var projects: [String: [String]] = [:]
        if value["projects"].members?.isEmpty != false {
            faults.append(
                .init(.missing, "\(path) at $.projects", "expected an object of teams with the keys of their projects"))
        }
        for (name, keys) in value["projects"].members ?? [:] {
            if let key = keys.plain {
                projects[name] = [key]
            } else if let list = keys.list, !list.isEmpty, list.allSatisfy({ $0.plain != nil }) {
                projects[name] = list.compactMap(\.plain)
            } else {
                faults.append(
                    .init(.badValue, "\(path) at $.projects", "expected a key or a list of keys for each team"))
            }
        }
        self.projects = projects
        guard faults.isEmpty else { throw ConfigurationError(faults) }
    }

    /// The month of the date in a path, `YYYY-MM`; `nil` where there is none, so that nothing is left out.
    func forecast(of path: String) -> String? {
        guard !fileName.isEmpty else { return nil }
        var rest = path[...]
        var pattern = fileName[...]
        var year: Int?
        var month = 1
        func number(_ digits: Int) -> Int? {
            let text = rest.prefix { $0.isASCII && $0.isNumber }.prefix(digits)
            rest = rest.dropFirst(text.count)
            return Int(text)
        }
        while let next = pattern.popFirst() {
            guard next == "%", let kind = pattern.popFirst() else {
                guard rest.popFirst() == next else { return nil }
                continue
            }
            switch kind {
            case "Y":
                guard let found = number(4) else { return nil }
                year = found
            case "y":
                guard let found = number(2) else { return nil }
                year = found + (found < 69 ? 2000 : 1900)
            case "m":
                guard let found = number(2), (1...12).contains(found) else { return nil }
                month = found
            case "b", "B":
                let text = rest.prefix { $0.isLetter }.lowercased()
                guard
                    let found = Self.months.firstIndex(where: {
                        text == (kind == "B" ? $0 : String($0.prefix(3)))
                    })
                else { return nil }
                rest = rest.dropFirst(text.count)
                month = found + 1
            case "d", "H", "M", "S": guard number(2) != nil else { return nil }
            case "%": guard rest.popFirst() == "%" else { return nil }
            default: return nil
            }
        }
        guard rest.isEmpty, let year else { return nil }
        return SeatCount.month(year, month)
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
}
