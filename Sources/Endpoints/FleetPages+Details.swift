internal import Fleet
internal import Pages
internal import Reception

/// One agent, one project, and what an admin may do about them.
extension FleetPages {
    func agent(_ facts: FleetFacts.Agent, _ trail: [Fleet.AuditEntry], done: String?) -> Page {
        var body = done.flatMap(Self.said) ?? ""
        if let seen = facts.copy_seen_at {
            body += .alert(
                "A copy of its state directory asked at \(seen) from \(facts.copy_address ?? "an unknown address"), "
                    + "and was locked out.",
                advice: "Approving the agent lets in whichever of the two registers next.")
        }
        body += list([
            ("State", state(facts)), ("Key", "<code>\(facts.fingerprint)</code>"),
            ("Key to come", facts.next_fingerprint.map { "<code>\($0)</code>" }),
            ("Projects", facts.projects.isEmpty ? "none" : projects(facts.projects)),
            ("Overdue", facts.overdue.isEmpty ? nil : .mood(facts.overdue.joined(separator: " "), .bad)),
            ("Asked for", facts.wishes.isEmpty ? nil : HTML(facts.wishes.joined(separator: " "))),
            ("Registered", moment(facts.registered_at)), ("Last contact", moment(facts.seen_at ?? facts.registered_at)),
            ("From", facts.address.map { HTML($0) }), ("Program", facts.version.map { HTML($0) }),
            ("Kind", facts.legacy ? "of the older system: it does not sign" : nil),
            (
                "Latest delivery",
                facts.last.map {
                    HTML(separating: [
                        project($0.project), moment($0.received_at),
                        outcome($0.state, rows: $0.rows, reason: $0.reason),
                    ])
                }
            ),
        ])
        if isAdmin {
            if facts.state != "banned", facts.state != "enrolled" || facts.copy_seen_at != nil {
                body += "<h2>Accept</h2>\(approval(facts))"
            }
            if facts.state == "enrolled" || facts.state == "pending" {
                body += """
                    <h2>Shut out</h2><form class="line" method="post" action="/fleet/revoke">\(token)\
                    <input type="hidden" name="agent" value="\(facts.agent)">\
                    <button>Revoke \(facts.agent)</button></form>
                    """
            }
            if facts.state == "banned" {
                body += "<p>Only <code>controller agents unban \(facts.agent)</code> lets it in again.</p>"
            }
        }
        body += audit("What happened", trail)
        return page("Agent \(facts.agent)", at: "", body)
    }

    /// The form that accepts an agent's key. It says which key was seen: another one that came since is not accepted by it.
    func approval(_ facts: FleetFacts.Agent) -> HTML {
        let projects = facts.projects.isEmpty ? facts.wishes : facts.projects
        return """
            <form class="line" method="post" action="/fleet/approve">\(token)\
            <input type="hidden" name="agent" value="\(facts.agent)">\
            <input type="hidden" name="fingerprint" value="\(facts.fingerprint)">\
            <span><label for="projects-\(facts.agent)">Projects, parted by blanks</label>\
            <input id="projects-\(facts.agent)" name="projects" value="\(projects.joined(separator: " "))" required></span>\
            <button>Approve \(facts.agent)</button></form>
            """
    }

    func project(_ facts: FleetFacts.Project, _ runs: [RunList.Run], done: String?) -> Page {
        let every =
            facts.days == 0 ? "whenever its agent asks" : facts.days == 1 ? "every day" : "every \(facts.days) days"
        var body = done.flatMap(Self.said) ?? ""
        body += list([
            ("State", state(facts)),
            ("Agents", facts.agents.isEmpty ? "none" : HTML(separating: facts.agents.map { agent($0) })),
            (
                "Gathered",
                HTML(
                    every + (facts.days > 0 ? ", up to \(facts.drift_minutes) minutes earlier or later" : "")
                        + (facts.own_days == nil ? ", as the settings say" : ""))
            ),
            ("Last delivered", moment(facts.delivered_at)), ("Next", facts.next_at.map { moment($0) }),
            ("Allowed once", facts.allowed_at.map { moment($0) }),
        ])
        if isAdmin { body += forms(facts) }
        body += self.runs("Latest runs", runs)
        return page("Project \(facts.project)", at: "", body)
    }

    private func forms(_ facts: FleetFacts.Project) -> HTML {
        let subject: HTML = "\(token)<input type=\"hidden\" name=\"project\" value=\"\(facts.project)\">"
        return """
            <h2>Gather</h2>\
            <form class="line" method="post" action="/fleet/trigger">\(subject)<button>Gather now</button></form>\
            <form class="line" method="post" action="/fleet/allow-now">\(subject)\
            <button>Allow once, whatever the schedule says</button></form>\
            <h2>Schedule</h2>\
            <form class="line" method="post" action="/fleet/schedule">\(subject)\
            <span><label for="days">Days between two gatherings</label>\
            <input id="days" name="days" type="number" min="0" max="365" value="\(facts.own_days.map(String.init) ?? "")" \
            aria-describedby="empty"></span>\
            <span><label for="drift">Minutes earlier or later</label>\
            <input id="drift" name="drift" type="number" min="0" max="10080" \
            value="\(facts.own_drift_minutes.map(String.init) ?? "")" aria-describedby="empty"></span>\
            <button>Set the schedule</button></form>\
            <p id="empty">An empty field is as the settings say; 0 days are whenever its agent asks.</p>
            """
    }

    /// Names and what they stand for; those without are left out.
    private func list(_ facts: [(name: String, value: HTML?)]) -> HTML {
        let lines = facts.compactMap { name, value in value.map { "<dt>\(name)</dt><dd>\($0)</dd>" as HTML } }
        return "<dl>\(lines)</dl>"
    }
}
