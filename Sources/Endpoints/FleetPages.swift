internal import ControllerAPI
internal import Fleet
internal import Pages
internal import Reception
internal import Timestamps

/// What people see of a fleet. Who may only look finds no form but the one to log out.
struct FleetPages {
    let session: Session
    /// To tell how long ago something was.
    let now: Timestamp

    // MARK: Before somebody is known

    /// - Parameter problem: why the one before did not work.
    static func login(problem: String? = nil) -> Page {
        Page(
            "Fleet of gathering agents", forms: .own,
            body: """
                \(problem.map { HTML.alert($0) } ?? "")\
                <form method="post" action="/login">\
                <p><label for="name">Name</label><input id="name" name="name" autocomplete="username" required \
                autofocus autocapitalize="none" spellcheck="false" maxlength="64"></p>\
                <p><label for="password">Password</label><input id="password" name="password" type="password" \
                autocomplete="current-password" required maxlength="256"></p>\
                <p><button>Log in</button></p></form>\
                <p>Accounts are made with <code>controller users add NAME</code>.</p>
                """)
    }

    static func denied(_ text: String) -> Page {
        Page("That did not work", body: "\(HTML.alert(text))<p><a href=\"/\">To the fleet</a></p>")
    }

    // MARK: Pages

    func overview(_ facts: FleetFacts, done: String?) -> Page {
        var body = done.flatMap(Self.said) ?? ""
        for warning in facts.warnings { body += .alert(warning) }
        body += approvals(facts)
        body += agents(facts)
        body += projects(facts)
        body += runs("Latest runs", Array(facts.runs.prefix(10)))
        body +=
            PageTable(
                "Triggers that wait", ["project", "agent", "wanted", "agent was told"], empty: "None.",
                facts.triggers.map {
                    [
                        project($0.project), agent($0.agent), moment($0.requested_at),
                        moment($0.told_at, never: "not yet"),
                    ]
                }
            ).html
        body +=
            PageTable(
                "Quarantine", ["agent, project and run", "bytes"], empty: "Nothing was refused.",
                facts.quarantine.map { [HTML($0.bundle), HTML("\($0.bytes)")] }
            ).html
        return page("Fleet", at: "/", body)
    }

    private func approvals(_ facts: FleetFacts) -> HTML {
        let waiting = facts.agents.filter { $0.state == "pending" }
        guard !waiting.isEmpty else { return "" }
        return PageTable(
            "Waiting for approval", ["agent", "key", "since", "asked for", isAdmin ? "accept" : ""],
            waiting.map { found in
                [
                    agent(found.agent), "<code>\(found.fingerprint)</code>", moment(found.registered_at),
                    HTML(found.wishes.joined(separator: " ")), isAdmin ? approval(found) : "",
                ]
            }
        ).html
    }

    private func agents(_ facts: FleetFacts) -> HTML {
        PageTable(
            "Agents", ["agent", "state", "projects", "last contact", "latest delivery", "outcome"],
            facts.agents.map { found in
                let overdue: HTML =
                    found.overdue.isEmpty
                    ? "" : " \(HTML.mood("overdue: \(found.overdue.joined(separator: " "))", .bad))"
                return [
                    agent(found.agent), state(found), HTML([projects(found.projects), overdue]),
                    moment(found.seen_at ?? found.registered_at),
                    found.last.map { HTML([project($0.project), " ", moment($0.received_at)]) } ?? "never",
                    found.last.map { outcome($0.state, rows: $0.rows, reason: $0.reason) } ?? "",
                ]
            }
        ).html
    }

    private func projects(_ facts: FleetFacts) -> HTML {
        PageTable(
            "Projects", ["project", "state", "every", "last delivered", "agents"],
            facts.projects.map { found in
                [
                    project(found.project), state(found),
                    HTML(found.days == 0 ? "when it asks" : found.days == 1 ? "day" : "\(found.days) days"),
                    moment(found.delivered_at), HTML(separating: found.agents.map { agent($0) }),
                ]
            }
        ).html
    }

    func runs(_ title: String, _ runs: [RunList.Run]) -> HTML {
        PageTable(
            title, ["received", "agent", "project", "outcome", "bytes", "run"],
            runs.map { run in
                [
                    moment(run.received), agent(run.agent), project(run.project),
                    HTML([
                        outcome(run.state, rows: run.rows, reason: run.reason), run.signed ? "" : " (not signed)",
                    ]), HTML("\(run.size)"), "<code>\(run.run)</code>",
                ]
            }
        ).html
    }

    func audit(_ title: String, _ entries: [Fleet.AuditEntry]) -> HTML {
        PageTable(
            title, ["when", "what", "agent", "project", "detail", "by"],
            entries.map { entry in
                [
                    moment(entry.at), HTML(entry.event), entry.agent.map { agent($0) } ?? "",
                    entry.project.map { project($0) } ?? "", HTML(entry.detail ?? ""), HTML(entry.account ?? ""),
                ]
            }
        ).html
    }

    // MARK: Parts

    var isAdmin: Bool { session.role == .admin }

    /// A page with the way to the others, and out.
    func page(_ title: String, at path: String, _ body: HTML) -> Page {
        let links = [("/", "Fleet"), ("/fleet/runs", "Runs"), ("/fleet/audit", "Audit trail")].map { target, name in
            target == path
                ? "<a href=\"\(target)\" aria-current=\"page\">\(name)</a>" as HTML
                : "<a href=\"\(target)\">\(name)</a>"
        }
        return Page(
            title,
            navigation: """
                <nav aria-label="Pages">\(links)</nav>\
                <form class="line" method="post" action="/logout">\(token)\
                <span>\(session.account.text) (\(session.role.rawValue))</span><button>Log out</button></form>
                """, forms: .own, body: body)
    }

    /// What each form has to bring along.
    var token: HTML { "<input type=\"hidden\" name=\"form_token\" value=\"\(session.formToken)\">" }

    func agent(_ key: String) -> HTML { "<a href=\"/fleet/agent?agent=\(key)\">\(key)</a>" }
    func project(_ key: String) -> HTML { "<a href=\"/fleet/project?project=\(key)\">\(key)</a>" }
    func projects(_ keys: [String]) -> HTML { HTML(separating: keys.map { project($0) }) }

    func state(_ agent: FleetFacts.Agent) -> HTML {
        switch agent.state {
        case "enrolled": agent.copy_seen_at == nil ? .mood("enrolled", .good) : .mood("enrolled, copy seen", .bad)
        case "pending": "waits for approval"
        default: .mood(agent.state, .bad)
        }
    }

    func state(_ project: FleetFacts.Project) -> HTML {
        if project.locked_at != nil { return .mood("locked: \(project.lock_reason ?? "")", .bad) }
        if let since = project.overdue_since { return HTML([.mood("overdue", .bad), " since ", moment(since)]) }
        return "open"
    }

    func outcome(_ state: String, rows: Int?, reason: String?) -> HTML {
        switch state {
        case "imported": .mood("imported, \(rows ?? 0) rows", .good)
        case "failed": .mood("failed: \(reason ?? "")", .bad)
        default: "waits for its import"
        }
    }

    /// A moment, and how long ago that is.
    func moment(_ text: String?, never: String = "never") -> HTML {
        guard let text else { return HTML(never) }
        guard let moment = Timestamp(rfc3339: text) else { return HTML(text) }
        let shown = text.replacing("T", with: " ").replacing("Z", with: "")
        let seconds = now.seconds - moment.seconds
        let distance = Self.distance(abs(seconds))
        return "<time datetime=\"\(text)\">\(shown) UTC</time> (\(seconds < 0 ? "in \(distance)" : "\(distance) ago"))"
    }

    private static func distance(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86400) days"
        }
    }

    /// What a decision came to, by the word in the address that follows it.
    static func said(_ word: String) -> HTML? {
        let text =
            switch word {
            case "approved": "The agent is accepted."
            case "revoked": "The agent is shut out, until it is approved or enrolled again."
            case "triggered": "The project's agents are asked to gather it now."
            case "schedule": "The project has its schedule."
            case "allowed": "The project may be gathered once, whatever its schedule says."
            default: nil as String?
            }
        return text.map { .status($0) }
    }
}

extension HTML {
    /// Pieces with blanks between them.
    init(separating pieces: [HTML]) { self.init(Array(pieces.map { [$0] }.joined(separator: [" "]))) }
}
