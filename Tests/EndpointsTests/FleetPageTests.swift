import ControllerAPI
import Cryptography
import Endpoints
import Fleet
import FoundationEssentials
import Testing

/// The fleet page as a browser meets it, and as somebody does who is none.
@Suite struct FleetPageTests {
    private let house: Gatehouse
    private static let origin = "https://\(Gatehouse.host)"

    init() async throws {
        house = try Gatehouse()
        for (name, role, password) in [
            ("anna", AccountRole.admin, "annas password"), ("ben", .viewer, "bens password"),
        ] {
            try await house.fleet.addAccount(
                AccountName(name), role, password: PasswordHash(of: Array(password.utf8), cost: .low))
        }
    }

    // MARK: A browser

    private struct Visit {
        var cookie: String?
        var origin: String? = FleetPageTests.origin
        var peer = "127.0.0.1"
        var authorization: String?
    }

    private func send(
        _ method: String = "GET", _ path: String, _ query: String? = nil, _ form: KeyValuePairs<String, String> = [:],
        _ visit: Visit = Visit(), in other: Gatehouse? = nil
    ) async throws -> Answer {
        var headers: [(name: String, value: String)] = []
        if let cookie = visit.cookie { headers.append(("cookie", "theme=dark; __Host-session=\(cookie)")) }
        if method == "POST", let origin = visit.origin { headers.append(("origin", origin)) }
        if let authorization = visit.authorization { headers.append(("authorization", authorization)) }
        return try await (other ?? house).send(
            method, path, query, body: FormFields(form).body, headers: headers, peer: visit.peer)
    }

    private func login(_ name: String, _ password: String, _ visit: Visit = Visit()) async throws -> Answer {
        try await send("POST", "/login", nil, ["name": name, "password": password], visit)
    }

    /// A visit of somebody who has logged in, and the word that forms need.
    private func visit(_ name: String) async throws -> (visit: Visit, token: String) {
        let answer = try await login(name, "\(name)s password")
        let header = try #require(answer.header("Set-Cookie"))
        let value = header.split(separator: ";")[0].split(separator: "=", maxSplits: 1)[1]
        let visit = Visit(cookie: String(value))
        let page = try await send("GET", "/", nil, [:], visit)
        let word = try #require(page.text.firstMatch(of: /name="form_token" value="([^"]*)"/)?.1)
        return (visit, String(word))
    }

    // MARK: Logging in

    @Test func whoLogsInSeesTheFleetAndWhoLogsOutDoesNot() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let form = try await send("GET", "/")
        #expect(form.status == 200 && form.text.contains("type=\"password\"") && !form.text.contains("DEMO"))
        let answer = try await login("ben", "bens password")
        #expect(answer.status == 303 && answer.header("Location") == "/")
        let cookie = try #require(answer.header("Set-Cookie"))
        #expect(cookie.hasPrefix("__Host-session=") && cookie.contains("; Path=/; Max-Age=36000;"))
        #expect(cookie.hasSuffix("; Secure; HttpOnly; SameSite=Strict"))
        let (visit, token) = try await visit("ben")
        let page = try await send("GET", "/", nil, [:], visit)
        #expect(
            page.text.contains("<a href=\"/fleet/agent?agent=DEMO\">DEMO</a>") && page.text.contains("ben (viewer)"))
        for path in ["/fleet/agent?agent=DEMO", "/fleet/project?project=DEMO", "/fleet/runs", "/fleet/audit"] {
            let parts = path.split(separator: "?").map(String.init)
            let query = parts.count > 1 ? parts[1] : nil
            #expect(try await send("GET", parts[0], query, [:], visit).status == 200, "\(path)")
            let refused = try await send("GET", parts[0], query)
            #expect(refused.status == 401 && refused.text.contains("type=\"password\""), "\(path)")
        }
        #expect(try await send("GET", "/fleet/agent", "agent=NOBODY", [:], visit).status == 404)
        #expect(try await send("GET", "/fleet/agent", "agent=%3Cb%3E", [:], visit).status == 400)

        #expect(try await send("POST", "/logout", nil, ["form_token": "x"], visit).status == 403)
        let out = try await send("POST", "/logout", nil, ["form_token": token], visit)
        #expect(out.status == 303 && out.header("Set-Cookie")?.contains("Max-Age=0") == true)
        #expect(try await send("GET", "/fleet/runs", nil, [:], visit).status == 401)
        let events = try await house.fleet.auditTrail(limit: 2)
        #expect(events.map(\.event) == ["logged-out", "logged-in"] && events.allSatisfy { $0.account == "ben" })
    }

    @Test func aNameWithoutAccountIsToldTheSameAsAWrongPassword() async throws {
        let wrong = try await login("anna", "another password")
        let unknown = try await login("nobody", "another password")
        let strange = try await login("<script>", String(repeating: "long ", count: 1000))
        #expect(wrong.status == 401 && unknown.status == 401 && strange.status == 401)
        #expect(wrong.text == unknown.text && wrong.text == strange.text)
        #expect(wrong.header("Set-Cookie") == nil && !strange.text.contains("<script"))
        #expect(try await house.fleet.auditTrail(limit: 1).first?.detail == "anna 127.0.0.1")
        // What was typed is in no log.
        #expect(!house.log.all.contains { "\($0)".contains("another") || "\($0)".contains("script>") })
    }

    @Test func guessingIsSlowForAnAddressAndForAName() async throws {
        for _ in 0..<10 { #expect(try await login("x", "wrong").status == 401) }
        let refused = try await login("ben", "bens password")
        #expect(
            refused.status == 429 && refused.header("Retry-After") != nil && refused.text.contains("role=\"alert\""))

        var policy = Policy()
        policy.operatorNetworks = IPNetwork.all
        let house = try Gatehouse(policy)
        try await house.fleet.addAccount(
            AccountName("anna"), .admin, password: PasswordHash(of: Array("annas password".utf8), cost: .low))
        var statuses: [Int] = []
        for number in 1...11 {
            let visit = Visit(peer: "198.51.100.\(number)")
            let form: KeyValuePairs = ["name": "anna", "password": number < 11 ? "wrong" : "annas password"]
            statuses.append(try await send("POST", "/login", nil, form, visit, in: house).status)
        }
        #expect(statuses == [Int](repeating: 401, count: 10) + [429])
    }

    @Test func thePageIsForItsNetworksOnly() async throws {
        for (networks, peer, forwarded, status) in [
            (nil, "127.0.0.1", nil, 200), (nil, "::1", nil, 200), (nil, "192.0.2.1", nil, 403),
            // A proxy on this machine brings requests from anywhere.
            (nil, "127.0.0.1", "192.0.2.1", 403), ("192.0.2.0/24", "192.0.2.1", nil, 200),
            ("192.0.2.0/24", "127.0.0.1", nil, 403), ("192.0.2.0/24", "127.0.0.1", "192.0.2.1", 200),
        ] as [(String?, String, String?, Int)] {
            var policy = Policy()
            policy.operatorNetworks = networks.flatMap { IPNetwork($0) }.map { [$0] }
            if networks != nil { policy.trustedProxies = [try #require(IPNetwork("127.0.0.1"))] }
            let house = try Gatehouse(policy)
            let headers = forwarded.map { [("x-forwarded-for", $0)] } ?? []
            for path in ["/", "/fleet.json"] {
                let answer = try await house.send("GET", path, headers: headers, peer: peer)
                #expect(answer.status == (path == "/" || status == 403 ? status : 401), "\(path) \(peer)")
                if status == 403 { #expect(answer.text.contains("OPERATOR_NETWORKS")) }
            }
        }
    }

    // MARK: Deciding

    @Test func anAdminDecidesAndTheAuditTrailSaysWho() async throws {
        let key = try SigningKey.generate().publicKey
        let (agent, project) = (try AgentKey("DEMO"), try ProjectKey("DEMO"))
        _ = try await house.fleet.register(agent, for: project, key: key)
        let (visit, token) = try await visit("anna")
        let page = try await send("GET", "/", nil, [:], visit)
        #expect(page.text.contains("Waiting for approval") && page.text.contains(key.fingerprint))
        #expect(page.text.contains("name=\"projects\" value=\"DEMO\""))
        func approve(_ fingerprint: String, _ projects: String) async throws -> Answer {
            try await send(
                "POST", "/fleet/approve", nil,
                ["form_token": token, "agent": "DEMO", "fingerprint": fingerprint, "projects": projects], visit)
        }
        #expect(try await approve("SHA256:another", "DEMO").status == 409)
        #expect(try await approve(key.fingerprint, " ").status == 400)
        #expect(try await approve(key.fingerprint, "demo").status == 400)
        #expect(try await house.fleet.agent(agent)?.state == .pending)
        let done = try await approve(key.fingerprint, "DEMO, WEB")
        #expect(done.status == 303 && done.header("Location") == "/fleet/agent?agent=DEMO&done=approved")
        #expect(try await house.fleet.agent(agent)?.projects.map(\.text) == ["DEMO", "WEB"])
        let said = try await send("GET", "/fleet/agent", "agent=DEMO&done=approved", [:], visit)
        #expect(said.text.contains("role=\"status\">The agent is accepted."))

        for (path, form, status) in [
            ("/fleet/trigger", ["project": "DEMO"], 303), ("/fleet/trigger", ["project": "NOBODY"], 409),
            ("/fleet/allow-now", ["project": "DEMO"], 303), ("/fleet/allow-now", ["project": "NOBODY"], 409),
            ("/fleet/schedule", ["project": "DEMO", "days": "7", "drift": ""], 303),
            ("/fleet/schedule", ["project": "DEMO", "days": "-1", "drift": ""], 400),
            ("/fleet/schedule", ["project": "DEMO", "days": "x", "drift": "0"], 400),
            ("/fleet/revoke", ["agent": "DEMO"], 303), ("/fleet/revoke", ["agent": "NOBODY"], 409),
        ] {
            let fields = FormFields((form.map { FormFields.Field($0, $1) }) + [.init("form_token", token)])
            let answer = try await house.send(
                "POST", path, body: fields.body,
                headers: [("cookie", "__Host-session=\(visit.cookie ?? "")"), ("origin", Self.origin)],
                peer: "127.0.0.1")
            #expect(answer.status == status, "\(path) \(form): \(answer.text)")
        }
        #expect(try await house.fleet.project(project)?.days == 7)
        #expect(try await house.fleet.project(project)?.driftMinutes == nil)
        #expect(try await house.fleet.agent(agent)?.state == .revoked)
        let trail = try await house.fleet.auditTrail(limit: 5)
        #expect(trail.map(\.event) == ["revoked", "schedule-set", "allowed-now", "triggered", "approved"])
        #expect(trail.allSatisfy { $0.account == "anna" })
    }

    @Test func aViewerDecidesNothing() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let (visit, token) = try await visit("ben")
        let page = try await send("GET", "/fleet/agent", "agent=DEMO", [:], visit)
        #expect(!page.text.contains("/fleet/revoke") && !page.text.contains("/fleet/approve"))
        for path in ["/fleet/approve", "/fleet/revoke", "/fleet/trigger", "/fleet/allow-now", "/fleet/schedule"] {
            let form: KeyValuePairs = ["form_token": token, "agent": "DEMO", "project": "DEMO"]
            let answer = try await send("POST", path, nil, form, visit)
            #expect(answer.status == 403 && answer.text.contains("is a viewer"), "\(path)")
        }
        // The role counts as it is now, not as it was when somebody logged in.
        try await house.fleet.setRole(.admin, of: AccountName("ben"))
        #expect(
            try await send("POST", "/fleet/revoke", nil, ["form_token": token, "agent": "DEMO"], visit).status == 303)
    }

    @Test func aFormOfAnotherPageCountsForNothing() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let (visit, token) = try await visit("anna")
        let (_, foreign) = try await self.visit("ben")
        func revoke(_ token: String?, _ origin: String?, _ cookie: String?) async throws -> Int {
            let form: KeyValuePairs = ["agent": "DEMO", "form_token": token ?? ""]
            return try await send(
                "POST", "/fleet/revoke", nil, form, Visit(cookie: cookie, origin: origin)
            ).status
        }
        #expect(try await revoke(nil, Self.origin, visit.cookie) == 403)
        #expect(try await revoke(foreign, Self.origin, visit.cookie) == 403)
        #expect(try await revoke(token, "https://evil.example", visit.cookie) == 403)
        #expect(try await revoke(token, "null", visit.cookie) == 403)
        #expect(try await revoke(token, nil, visit.cookie) == 403)
        #expect(try await revoke(token, Self.origin, nil) == 401)
        #expect(try await login("anna", "annas password", Visit(origin: "https://evil.example")).status == 403)
        #expect(try await house.send("GET", "/fleet/revoke", "agent=DEMO", peer: "127.0.0.1").status == 405)
        #expect(try await house.fleet.agent(AgentKey("DEMO"))?.state == .enrolled)
    }

    @Test func whatAgentsChooseStaysText() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let attack = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
        let agent = try AgentKey("DEMO")
        try await house.fleet.sawAgent(agent, from: attack, version: attack)
        try await house.fleet.noteCopy(of: agent, at: attack)
        try await house.fleet.setLock(ProjectKey("DEMO"), reason: attack)
        let (visit, _) = try await visit("anna")
        for (path, query) in [
            ("/", nil), ("/", "done=\(PercentEncoding.encode(attack))"), ("/fleet/agent", "agent=DEMO"),
            ("/fleet/project", "project=DEMO"), ("/fleet/audit", nil),
            ("/fleet/agent", "agent=\(PercentEncoding.encode(attack))"),
        ] {
            let page = try await send("GET", path, query, [:], visit)
            #expect(!page.text.contains("<script") && !page.text.contains("<img"), "\(path)")
            #expect(page.header("Content-Security-Policy")?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
            #expect(page.header("Cache-Control") == "no-store" && page.header("X-Frame-Options") == "DENY")
        }
    }

    // MARK: For programs

    @Test func programsReadTheSameFactsWithAnAccount() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        _ = try await house.fleet.trigger(ProjectKey("DEMO"))
        func read(_ login: String?) async throws -> Answer {
            let header = login.map { "Basic \(Base64.standard.encode(Array($0.utf8)))" }
            return try await send("GET", "/fleet.json", nil, [:], Visit(authorization: header))
        }
        let answer = try await read("ben:bens password")
        #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
        struct Facts: Decodable {
            struct Agent: Decodable {
                let agent: String
                let state: String
                let projects: [String]
            }
            struct Trigger: Decodable { let project: String }
            let agents: [Agent]
            let triggers: [Trigger]
        }
        let facts = try JSONDecoder().decode(Facts.self, from: Data(answer.text.utf8))
        #expect(facts.agents.map(\.state) == ["enrolled"] && facts.triggers.map(\.project) == ["DEMO"])
        for wrong in [nil, "ben:wrong", "nobody:bens password", "ben", ":"] {
            let refused = try await read(wrong)
            #expect(refused.status == 401 && refused.header("WWW-Authenticate")?.hasPrefix("Basic") == true)
        }
        let (visit, _) = try await visit("anna")
        #expect(try await send("GET", "/fleet.json", nil, [:], visit).status == 200)
    }
}
