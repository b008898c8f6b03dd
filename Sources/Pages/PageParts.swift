/// A table with a heading; without rows, the heading and a word.
package struct PageTable: Sendable {
    private let title: String
    private let head: [String]
    private let rows: [[HTML]]
    private let empty: String

    /// - Parameters:
    ///   - head: what the columns are called; empty words where they need none.
    ///   - empty: what stands in the place of rows where there are none.
    package init(_ title: String, _ head: [String], empty: String = "None yet.", _ rows: [[HTML]]) {
        self.title = title
        self.head = head
        self.rows = rows
        self.empty = empty
    }

    package var html: HTML {
        guard !rows.isEmpty else { return "<h2>\(title)</h2><p>\(empty)</p>" }
        let headRow: HTML =
            head.contains { !$0.isEmpty }
            ? "<thead><tr>\(head.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead>" : ""
        let lines = rows.map { row in "<tr>\(row.map { "<td>\($0)</td>" as HTML })</tr>" as HTML }
        // A table that is wider than the screen is moved by keys, too.
        return """
            <h2>\(title)</h2><div class="wide" role="region" tabindex="0" aria-label="\(title)">\
            <table>\(headRow)<tbody>\(lines)</tbody></table></div>
            """
    }
}

/// How good something is.
package enum PageMood: String, Sendable {
    case good
    case bad
    case plain
}

extension HTML {
    /// A word in the colour of what it says; the word itself says it, too.
    package static func mood(_ text: String, _ mood: PageMood) -> HTML {
        mood == .plain ? HTML(text) : "<span class=\"\(mood.rawValue)\">\(text)</span>"
    }

    /// Something that has to be read first, with advice where there is some.
    package static func alert(_ text: String, advice: String? = nil) -> HTML {
        let more: HTML = advice.map { "<br>\($0)" } ?? ""
        return "<p class=\"note bad\" role=\"alert\">\(text)\(more)</p>"
    }

    /// Something that has just been done.
    package static func status(_ text: String) -> HTML { "<p class=\"note good\" role=\"status\">\(text)</p>" }
}
