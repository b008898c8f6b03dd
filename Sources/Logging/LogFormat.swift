import Timestamps

/// How a record becomes a line.
package enum LogFormat: Sendable, Equatable {
    /// For people at a terminal: time of day, level, message, facts.
    case terminal(colours: Bool)
    /// For people who read a file: the same with date and offset.
    case text
    /// For programs: one JSON object a line.
    case json

    /// The line with its line break. Whatever the values hold, it is one line and has no control character.
    package func line(_ record: LogRecord) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch self {
        case .terminal(let colours):
            line += record.time.local.utf8.suffix(8)
            writeForPeople(record, colours: colours, to: &line)
        case .text:
            line += record.time.localWithOffset.utf8
            writeForPeople(record, colours: false, to: &line)
        case .json: writeJSON(record, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func writeForPeople(_ record: LogRecord, colours: Bool, to line: inout [UInt8]) {
        let name = record.level.name.uppercased()
        let padding = String(repeating: " ", count: max(0, 7 - name.count))
        line += " \(colours ? record.level.coloured(name) : name)\(padding) \(record.message)".utf8
        for field in record.fields.all {
            line += "  \(field.key)=".utf8
            switch field.value {
            case .text(let text) where text.needsQuotes: line.appendQuoted(text, .people)
            case .text(let text): line += text.utf8
            case .integer(let number): line += String(number).utf8
            case .decimal(let number): line += String(number).utf8
            case .boolean(let flag): line += (flag ? "yes" : "no").utf8
            }
        }
    }

    private func writeJSON(_ record: LogRecord, to line: inout [UInt8]) {
        line += #"{"time":"\#(record.time.rfc3339WithMicroseconds)","level":"\#(record.level.name)","message":"#.utf8
        line.appendQuoted(record.message, .json)
        for field in record.fields.all {
            line.append(UInt8(ascii: ","))
            // A fact must not pass for one of the three members above.
            line.appendQuoted(
                ["time", "level", "message"].contains(field.key) ? "field.\(field.key)" : field.key, .json)
            line.append(UInt8(ascii: ":"))
            switch field.value {
            case .text(let text): line.appendQuoted(text, .json)
            case .integer(let number): line += String(number).utf8
            case .decimal(let number) where number.isFinite: line += String(number).utf8
            case .decimal(let number): line.appendQuoted(String(number), .json)
            case .boolean(let flag): line += String(flag).utf8
            }
        }
        line.append(UInt8(ascii: "}"))
    }
}

extension LogLevel {
    /// The name in the colour of its urgency (ECMA-48 sequences).
    fileprivate func coloured(_ name: String) -> String {
        switch self {
        case .debug: "\u{1b}[2m\(name)\u{1b}[0m"
        case .info: name
        case .warning: "\u{1b}[33m\(name)\u{1b}[0m"
        case .error, .critical: "\u{1b}[31m\(name)\u{1b}[0m"
        }
    }
}
