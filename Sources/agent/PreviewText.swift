import Runs

/// A preview for people, in lines that fit a terminal.
struct PreviewText {
    let lines: [String]

    /// - Parameter columns: the width of the terminal.
    init(_ report: PreviewReport, columns: Int) {
        var lines = ["\(report.project): what a run would deliver now"]
        lines.append("policy: \(report.policy ?? "none, nothing is limited")")
        if let hindrance = report.hindrance { lines.append("now: refused, \(hindrance)") }
        if !report.isPseudonymised {
            lines.append("no secrets: personal values stay in the clear, so nothing of them is sealed")
            lines.append("  mend: agent register \(report.project)")
        }
        for table in report.tables { lines += [""] + Self.lines(table, columns) }
        lines += ["", "sources"]
        for source in report.sources {
            lines.append("  \(source.name): \(source.outcome.rawValue) in \(source.seconds) s")
            lines += source.problems.prefix(5).map { Self.cut("    \($0)", to: columns) }
        }
        if report.sources.isEmpty { lines.append("  none") }
        lines += ["", "files of the bundle"]
        lines += Self.filled(report.files, columns)
        lines.append("")
        lines.append(
            "asked for: \(Self.number(report.requests.count)) requests to web APIs, "
                + "\(Self.number(report.requests.bytes)) bytes of answers")
        lines.append(
            "delivered: \(Self.number(report.bundle.bytes)) bytes"
                + (report.bundle.isSealed ? ", sealed" : " of tables, not sealed"))
        lines.append("Nothing was delivered, and nothing was moved.")
        self.lines = lines
    }

    private static let nameWidth = 22
    private static let fateWidth = 10

    private static func lines(_ table: PreviewReport.Table, _ columns: Int) -> [String] {
        guard table.leaves else {
            return ["\(table.name): \(number(table.rows)) rows, kept back whole by the policy"]
                + originals(table, columns)
        }
        var lines = ["\(table.name): \(number(table.rows)) rows, \(number(table.bytes)) bytes"]
        for field in table.fields {
            let head = "  " + padded(field.name, nameWidth) + padded(field.fate.rawValue, fateWidth)
            let samples = field.after.compactMap { $0 }
            // Where the same is there before and after, it is said once.
            let before = field.fate == .kept ? nil : field.before
            lines.append(cut(head + (samples.first.map(quoted) ?? ""), to: columns))
            for (index, original) in (before ?? []).enumerated() {
                guard let original else { continue }
                lines.append(cut("    before: \(quoted(original))", to: columns))
                if let after = index < field.after.count ? field.after[index] : nil {
                    lines.append(cut("    after:  \(quoted(after))", to: columns))
                }
            }
        }
        return lines
    }

    /// Of a table that does not leave, what there is.
    private static func originals(_ table: PreviewReport.Table, _ columns: Int) -> [String] {
        table.fields.flatMap { field in
            (field.before ?? []).prefix(1).compactMap { value in
                value.map { cut("  " + padded(field.name, nameWidth) + quoted($0), to: columns) }
            }
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// On one line, and without what a terminal would obey.
    private static func quoted(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(500) {
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): shown += "?"
            // Marks that turn the direction of what follows.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": shown += "?"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return "\"\(shown)\""
    }

    private static func cut(_ line: String, to columns: Int) -> String {
        line.count <= columns ? line : line.prefix(columns - 1) + "…"
    }

    /// `12,345`
    private static func number(_ number: Int) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    private static func filled(_ words: [String], _ columns: Int) -> [String] {
        var lines: [String] = []
        var line = " "
        for word in words {
            if line.count + 1 + word.count > columns, line != " " {
                lines.append(line)
                line = " "
            }
            line += " \(word)"
        }
        return lines + [line]
    }
}
