package import Configuration
import JSONValues

/// How the forecasts of seats are to be read: the content of `seats.json`, or of the older agents' `seats.yml`.
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

    /// - Parameter path: for messages; a name that ends in `.yml` or `.yaml` says that the content is YAML, else it is JSON.
    /// - Throws: all faults together.
    package init(_ content: [UInt8], path: String) throws(ConfigurationError) {
        var reader = PlanReader(path: path)
        let value = reader.whole(content)
        guard reader.faults.isEmpty else { throw ConfigurationError(reader.faults) }
        reader.lookForOthers(in: value)
        sheet = reader.text("sheet", value)
        fileName = value["filename"].isNull ? "" : reader.text("filename", value)
        prefixes = reader.texts("prefixes", value)
        ignored = reader.texts("ignore", value)
        projects = reader.projects(value)
        guard reader.faults.isEmpty else { throw ConfigurationError(reader.faults) }
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
