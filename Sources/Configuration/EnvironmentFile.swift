/// A file of `NAME=value` lines. It is data: nothing is expanded or run.
///
/// A line is empty, a comment that begins with `#`, or an assignment. A value reaches to the line's end, blanks at
/// the end left out, or stands in single or double quotes that enclose it whole. Where a shell, which read such
/// files in the reference, would see something else in a line, the line is refused rather than read differently.
package struct EnvironmentFile: Sendable {
    package struct Assignment: Sendable, Equatable {
        package let name: String
        package let value: String
        /// From 1.
        package let line: Int
    }

    package let path: String
    package let assignments: [Assignment]
    /// Lines that cannot be read and names that are set twice.
    package let faults: [ConfigurationFault]

    /// - Parameter path: for messages only.
    package init(_ content: [UInt8], path: String) {
        var assignments: [Assignment] = []
        var faults: [ConfigurationFault] = []
        var places: [String: Int] = [:]
        for (index, bytes) in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let place = "\(path):\(index + 1)"
            do throws(Malformed) {
                guard let (name, value) = try Self.parse(bytes) else { continue }
                if let first = places.updateValue(index + 1, forKey: name) {
                    faults.append(.init(.duplicate, place, "\(name) is set a second time, first in line \(first)"))
                } else {
                    assignments.append(Assignment(name: name, value: value, line: index + 1))
                }
            } catch {
                faults.append(.init(.malformedLine, place, error.reason))
            }
        }
        self.path = path
        self.assignments = assignments
        self.faults = faults
    }

    private struct Malformed: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// - Returns: `nil` for an empty line or a comment.
    private static func parse(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> (name: String, value: String)? {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed("expected UTF-8") }
        let line = text.trimmed
        guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
        if line.hasPrefix("export ") {
            throw Malformed("expected NAME=value without 'export': this is no shell script")
        }
        guard let equals = line.firstIndex(of: "=") else { throw Malformed("expected NAME=value, found no '='") }
        let name = String(line[..<equals])
        guard name == name.trimmed else { throw Malformed("expected no blank before '='") }
        guard SettingName(name) != nil else {
            throw Malformed("expected a name of ASCII letters, digits and underscores before '='")
        }
        return (name, try unquoted(String(line[line.index(after: equals)...]), of: name))
    }

    private static func unquoted(_ value: String, of name: String) throws(Malformed) -> String {
        guard value.first != " ", value.first != "\t" else {
            throw Malformed("expected the value of \(name) right after '=', or in quotes")
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw Malformed("the value of \(name) has a control character")
        }
        guard let quote = value.first, quote == "\"" || quote == "'" else {
            if value.contains("\"") || value.contains("'") {
                throw Malformed(
                    "the value of \(name) has a quote inside: put the other kind of quotes around the whole value")
            }
            if value.contains(" #") { throw Malformed("the value of \(name) has ' #' inside: put it in quotes") }
            try refuseExpansion(value, of: name)
            return value
        }
        guard value.count >= 2, value.last == quote else {
            throw Malformed("the value of \(name) begins with \(quote), so expected \(quote) at the end of the line")
        }
        let inner = String(value.dropFirst().dropLast())
        guard !inner.contains(quote) else {
            throw Malformed("the value of \(name) has \(quote) inside: use the other kind of quotes around it")
        }
        if quote == "\"" { try refuseExpansion(inner, of: name) }
        return inner
    }

    /// Outside single quotes a shell would put something else in the place of `$NAME`, `$(…)` and back-ticks.
    private static func refuseExpansion(_ value: String, of name: String) throws(Malformed) {
        let bytes = Array(value.utf8)
        let expands =
            bytes.contains(UInt8(ascii: "`"))
            || zip(bytes, bytes.dropFirst()).contains { dollar, next in
                dollar == UInt8(ascii: "$")
                    && (next == UInt8(ascii: "{") || next == UInt8(ascii: "(") || next == UInt8(ascii: "_")
                        || Character(UnicodeScalar(next)).isLetter)
            }
        guard !expands else {
            throw Malformed(
                "the value of \(name) looks like something to expand, which is not done: put it in single quotes to mean it as it stands"
            )
        }
    }
}

extension String {
    /// Without blanks, tabs and a carriage return at either end.
    fileprivate var trimmed: String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
