import Cryptography

/// What the agent has done and will do, as a page without scripts and without anything from elsewhere.
struct StatusPage {
    let html: String

    /// Nothing may be loaded, framed or sent; the page's one style is known by its digest.
    static let policy =
        "default-src 'none'; style-src 'sha256-\(Base64.standard.encode(SHA256.digest(of: Array(style.utf8)).bytes))'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}\
        table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{text-align:left;padding:.3rem .6rem;\
        border-bottom:1px solid #d0d7de;vertical-align:top}th{font-weight:600}.bad{color:#b3261e}.good{color:#1a6b2f}\
        @media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}th,td{border-color:#3a3f47}\
        .bad{color:#ff8a80}.good{color:#7bd88f}}
        """

    init(_ snapshot: AgentSnapshot, runs: [Run]) {
        var body = "<h1>Gathering agent\(snapshot.agent.map { " \(Self.escaped($0))" } ?? "")</h1>"
        for problem in [snapshot.problem, snapshot.daemon?.problem].compactMap({ $0 }) {
            body += "<p class=\"bad\" role=\"alert\">\(Self.escaped(problem.text))"
            if let advice = problem.advice { body += "<br>\(Self.escaped(advice))" }
            body += "</p>"
        }
        body += "<p>\(snapshot.isGathering ? "A gathering is under way." : "Nothing is gathered at the moment.")</p>"
        body += Self.table(
            "Plan", ["", "", ""],
            (snapshot.daemon?.plans ?? []).map { [$0.setting, $0.period, "next at \($0.next)"] }
                + [["version", snapshot.version, ""]]
                + (snapshot.controller.map { [["controller", $0, Self.waiting(snapshot.daemon)]] } ?? [])
                + (snapshot.outbox.map { [["outbox", "\($0.bundles) bundles", "\($0.bytes) bytes"]] } ?? []))
        body += Self.table(
            "Projects", ["project", "latest run", "outcome", "rows", "last complete run"],
            snapshot.projects.map { project in
                [
                    project.project, project.last?.started ?? "never", project.last?.outcome ?? "",
                    project.last.map { String($0.rows) } ?? "", project.lastComplete ?? "never",
                ]
            })
        if !snapshot.refusals.isEmpty {
            body += Self.table(
                "Refused by policy", ["project", "what", "how often", "last"],
                snapshot.refusals.map { [$0.project ?? "", $0.text, String($0.count), $0.last] })
        }
        body += Self.table(
            "Latest runs", ["run", "project", "cause", "outcome", "problem"],
            runs.map { [$0.id, $0.project, $0.cause, $0.outcome, $0.problem ?? ""] })
        html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
            <title>Gathering agent</title><style>\(Self.style)</style></head><body><main>\(body)</main></body></html>

            """
    }

    private static func waiting(_ daemon: DaemonFacts?) -> String {
        switch daemon?.waiting {
        case .waiting: "its wishes are heard at once"
        case .failing: "not to be reached at the moment"
        case .off, .starting, .unsupported, nil: ""
        }
    }

    private static func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "<h2>\(escaped(title))</h2><p>None yet.</p>" }
        let hasHead = head.contains { !$0.isEmpty }
        let headRow = hasHead ? "<tr>\(head.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined())</tr>" : ""
        let lines = rows.map { row in "<tr>\(row.map { cell($0) }.joined())</tr>" }
        return "<h2>\(escaped(title))</h2><table>\(headRow)\(lines.joined())</table>"
    }

    private static func cell(_ text: String) -> String {
        switch text {
        case "failed": "<td class=\"bad\">\(text)</td>"
        case "complete": "<td class=\"good\">\(text)</td>"
        default: "<td>\(escaped(text))</td>"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
    }
}
