import Pages

/// What the agent has done and will do, as a page.
struct StatusPage {
    let page: Page

    init(_ snapshot: AgentSnapshot, runs: [Run]) {
        var body: HTML = ""
        for problem in [snapshot.problem, snapshot.daemon?.problem].compactMap({ $0 }) {
            body += .alert(problem.text, advice: problem.advice)
        }
        body += "<p>\(snapshot.isGathering ? "A gathering is under way." : "Nothing is gathered at the moment.")</p>"
        body += Self.table(
            "Plan", ["", "", ""],
            (snapshot.daemon?.plans ?? []).map { [$0.setting, $0.period, "next at \($0.next)"] }
                + [["version", snapshot.version, ""]]
                + (snapshot.controller.map { [["controller", $0, Self.waiting(snapshot.daemon)]] } ?? [])
                + (snapshot.outbox.map { [["outbox", "\($0.bundles) bundles", "\($0.bytes) bytes"]] } ?? []))
        body += Self.table(
            "Projects",
            ["project", "latest run", "outcome", "rows", "last complete run", "wanted by the controller since"],
            snapshot.projects.map { project in
                [
                    project.project, project.last?.started ?? "never", project.last?.outcome ?? "",
                    project.last.map { String($0.rows) } ?? "", project.lastComplete ?? "never",
                    project.wanted ?? "",
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
        page = Page("Gathering agent\(snapshot.agent.map { " \($0)" } ?? "")", body: body)
    }

    private static func waiting(_ daemon: DaemonFacts?) -> String {
        switch daemon?.waiting {
        case .waiting: "its wishes are heard at once"
        case .failing: "not to be reached at the moment"
        case .off, .starting, .unsupported, nil: ""
        }
    }

    private static func table(_ title: String, _ head: [String], _ rows: [[String]]) -> HTML {
        PageTable(title, head, rows.map { row in row.map(cell) }).html
    }

    private static func cell(_ text: String) -> HTML {
        switch text {
        case "failed": .mood(text, .bad)
        case "complete": .mood(text, .good)
        default: HTML(text)
        }
    }
}
