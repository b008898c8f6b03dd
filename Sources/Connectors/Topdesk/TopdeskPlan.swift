import Commands
package import Configuration
import _StringProcessing

/// Which reservations are whose, and how a dump is headed: the content of `topdesk.cfg`.
package struct TopdeskPlan: Sendable {
    /// An option of the file.
    package struct Option: Sendable {
        package let name: String
        package let value: String
        /// From 1.
        package let line: Int

        package init(name: String, value: String, line: Int) {
            self.name = name
            self.value = value
            self.line = line
        }
    }

    package let filter: ReservationFilter
    /// The header of each column, by our names.
    package let headers: [String: String]

    private static let sections = ["projects", "names", "whitelist", "blacklist"]
    /// Older files name it, and nobody ever read it.
    private static let unread = ["state"]

    /// - Parameters:
    ///   - sections: options by the names of their sections, those names in lower case.
    ///   - path: for messages.
    ///   - listedOnly: leaves out what no whitelist has.
    /// - Throws: all faults together, each with its line.
    package init(
        sections: [(name: String, options: [Option])], path: String, listedOnly: Bool
    ) throws(ConfigurationError) {
        var faults: [ConfigurationFault] = []
        for section in sections where !Self.sections.contains(section.name) {
            let line = section.options.first.map { ":\($0.line)" } ?? ""
            faults.append(
                .init(
                    .unknownName, path + line,
                    "expected [projects], [names], [whitelist] and [blacklist], found another section",
                    suggestion: Self.nearest(section.name, Self.sections).map { "[\($0)]" }))
        }
        func options(_ name: String) -> [Option] { sections.first { $0.name == name }?.options ?? [] }
        func values(_ name: String) -> [String: String] {
            Dictionary(options(name).map { ($0.name, $0.value) }) { first, _ in first }
        }
        for option in options("names") where !(TopdeskSource.columns + Self.unread).contains(option.name) {
            faults.append(
                .init(
                    .unknownName, "\(path):\(option.line)", "expected the name of a column in [names], found another",
                    suggestion: Self.nearest(option.name, TopdeskSource.columns)))
        }
        for option in options("names") where option.value.isEmpty {
            faults.append(
                .init(.badValue, "\(path):\(option.line)", "expected the header of the column in the dump, found none"))
        }
        let headers = values("names").mapValues(Self.unescaped)
        let missing = TopdeskSource.columns.filter { headers[$0] == nil }
        if !missing.isEmpty {
            faults.append(
                .init(
                    .missing, "\(path): [names]",
                    "expected the header of each column of the dump, found none for \(missing.joined(separator: ", "))")
            )
        }
        if options("projects").isEmpty, !options("whitelist").contains(where: { $0.name != "all" }) {
            faults.append(
                .init(
                    .missing, "\(path): [projects]",
                    "expected the number of a pass or a whitelist for at least one project, found none"))
        }
        for option in options("blacklist") where option.name != "all" {
            faults.append(
                .init(.unknownName, "\(path):\(option.line)", "expected only the option all in [blacklist]"))
        }
        for option in options("whitelist") + options("blacklist") where !ReservationFilter.accepts(option.value) {
            faults.append(
                .init(
                    .badValue, "\(path):\(option.line)",
                    "expected a regular expression, found a text that is none: look for brackets that are not closed"))
        }
        guard faults.isEmpty else { throw ConfigurationError(faults) }
        let whitelist = values("whitelist")
        filter = ReservationFilter(
            passes: values("projects"), whitelist: whitelist.filter { $0.key != "all" }, common: whitelist["all"],
            blacklist: values("blacklist")["all"], listedOnly: listedOnly)
        self.headers = headers
    }

    private static func nearest(_ name: String, _ known: [String]) -> String? {
        Spelling.nearest(to: name, among: known)
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
}
