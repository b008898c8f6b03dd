package import Configuration

/// A file in the INI form of the Python implementation's `settings.cfg` and `credentials.cfg`.
///
/// Options are `name = value` or `name: value` below `[section]`; their names are compared in lower case, those of
/// sections as they stand. Lines that begin with `#` or `;` are comments, there are none after a value, an indented
/// line continues the value above it, nothing is expanded, and options of `[DEFAULT]` count in every section.
package struct INIFile: Sendable {
    package struct Option: Sendable, Equatable {
        /// In lower case.
        package let name: String
        package let value: String
        /// From 1.
        package let line: Int
    }

    package struct Section: Sendable, Equatable {
        package let name: String
        package fileprivate(set) var options: [Option] = []
    }

    package let path: String
    /// In the order of the file, without `[DEFAULT]`.
    package private(set) var sections: [Section] = []
    package private(set) var faults: [ConfigurationFault] = []
    private var defaults = Section(name: "DEFAULT")

    /// An empty file, as a missing one counts.
    package init(missing path: String) { self.path = path }

    /// - Parameter path: for messages only.
    package init(_ content: [UInt8], path: String) {
        self.path = path
        var reader = Reader(path: path)
        for (index, bytes) in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if let line = String(validating: bytes, as: UTF8.self) {
                reader.take(line, number: index + 1)
            } else {
                reader.refuse(index + 1, "expected UTF-8")
            }
        }
        reader.endValue()
        faults = reader.faults
        defaults = reader.sections.first { $0.name == "DEFAULT" } ?? defaults
        sections = reader.sections.filter { $0.name != "DEFAULT" }
    }

    /// The options of a section, those of `[DEFAULT]` that it does not have itself last; `nil` where there is none.
    package func options(_ section: String) -> [Option]? {
        guard let own = sections.first(where: { $0.name == section })?.options else { return nil }
        return own + defaults.options.filter { option in !own.contains { $0.name == option.name } }
    }

    /// The value of an option as it stands, which may be a falsy word.
    package func value(_ section: String, _ option: String) -> Option? {
        options(section)?.first { $0.name == option.lowercased() }
    }
}

/// Goes through the lines of a file.
private struct Reader {
    /// An option whose value may go on in the next lines.
    private struct Open {
        let name: String
        let line: Int
        let indent: Int
        var lines: [Substring]
    }

    let path: String
    var sections: [INIFile.Section] = []
    var faults: [ConfigurationFault] = []
    private var open: Open?

    init(path: String) { self.path = path }

    mutating func refuse(_ line: Int, _ problem: String, _ code: ConfigurationFault.Code = .malformedLine) {
        faults.append(ConfigurationFault(code, "\(path):\(line)", problem))
    }

    mutating func take(_ line: String, number: Int) {
        let text = line.trimmed
        guard !text.isEmpty else {
            open?.lines.append("")
            return
        }
        guard text.first != "#", text.first != ";" else { return }
        let indent = line.unicodeScalars.prefix { $0 == " " || $0 == "\t" }.count
        if let value = open, indent > value.indent {
            open?.lines.append(text)
        } else if text.first == "[" {
            endValue()
            beginSection(text, number)
        } else {
            endValue()
            beginOption(text, number, indent)
        }
    }

    private mutating func beginSection(_ text: Substring, _ number: Int) {
        guard let end = text.lastIndex(of: "]"), text.index(after: text.startIndex) < end else {
            return refuse(number, "expected [SECTION]")
        }
        let rest = text[text.index(after: end)...].drop { $0 == " " || $0 == "\t" }
        guard rest.isEmpty || rest.first == "#" || rest.first == ";" else {
            return refuse(number, "expected nothing after [SECTION]")
        }
        let name = String(text[text.index(after: text.startIndex)..<end])
        if sections.contains(where: { $0.name == name }) {
            refuse(number, "section [\(name)] occurs a second time", .duplicate)
        }
        sections.append(INIFile.Section(name: name))
    }

    private mutating func beginOption(_ text: Substring, _ number: Int, _ indent: Int) {
        guard !sections.isEmpty else { return refuse(number, "expected [SECTION] before the first option") }
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            return refuse(number, "expected NAME = VALUE, found no '=' and no ':'")
        }
        let name = String(text[..<delimiter]).trimmed.lowercased()
        guard !name.isEmpty else { return refuse(number, "expected a name before '\(text[delimiter])'") }
        if sections[sections.count - 1].options.contains(where: { $0.name == name }) {
            refuse(number, "option \(name) occurs a second time in the section", .duplicate)
        }
        let value = String(text[text.index(after: delimiter)...]).trimmed
        open = Open(name: name, line: number, indent: indent, lines: [value])
    }

    /// Stores the option that is complete now, without empty lines at its end.
    mutating func endValue() {
        guard var value = open else { return }
        open = nil
        while value.lines.count > 1, value.lines.last == "" { value.lines.removeLast() }
        sections[sections.count - 1].options.append(
            INIFile.Option(name: value.name, value: value.lines.joined(separator: "\n"), line: value.line))
    }
}

extension String {
    /// Without blanks, tabs and carriage returns at either end.
    fileprivate var trimmed: Substring {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return self[first...last]
    }
}
