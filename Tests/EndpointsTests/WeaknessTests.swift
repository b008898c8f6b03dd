import ControllerAPI
import Cryptography
import Endpoints
import Fleet
import SQLite
import Testing

/// Attacks that the older system's endpoints did not withstand (Documentation/security.md).
@Suite struct WeaknessTests {
    /// Whoever may try names without end has all pseudonyms undone.
    @Test func pseudonymsAreForTheProjectsAgentsAndFewAtATime() async throws {
        let house = try Gatehouse()
        let demo = try await house.agent("DEMO", "DEMO")
        _ = try await house.agent("OTHER", "OTHER")
        #expect(try await house.send("GET", "/auth/encrypt", "project=DEMO&value=alice").status == 401)
        #expect(try await house.send("GET", "/auth/encrypt", "value=alice").status == 401)
        #expect(try await house.send("GET", "/auth/encrypt", "project=OTHER&value=alice", as: demo).status == 403)
        var guesses = 0
        var answer: Answer
        repeat {
            guesses += 1
            answer = try await house.send(
                "POST", "/auth/encrypt", "project=DEMO", body: "value=guess\(guesses)", as: demo,
                headers: [("content-type", "application/x-www-form-urlencoded")])
        } while answer.status == 200 && guesses < 1000
        #expect(answer.status == 429 && answer.header("Retry-After") != nil, "\(answer) after \(guesses)")
        // Who asked is noted, each time; what was asked for, nowhere.
        let trail = try await house.fleet.auditTrail(of: AgentKey("DEMO"), limit: 2000)
        #expect(trail.filter { $0.event == "encrypted" }.count == guesses - 1)
        #expect(!trail.contains { $0.detail?.contains("guess") ?? false })
        #expect(!house.log.all.contains { "\($0)".contains("guess1") })
    }

    @Test func whatGoesWrongInsideIsNotToldOutside() async throws {
        let house = try Gatehouse()
        let demo = try await house.agent("DEMO", "DEMO")
        try Connection(house.database).execute("ALTER TABLE controller_entitlements RENAME TO elsewhere")
        let answer = try await house.send("GET", "/auth/status", "project=DEMO&agent=DEMO", as: demo)
        #expect(answer.status == 500)
        for word in ["controller_entitlements", "SELECT", "SQL", "sqlite", house.database] {
            #expect(!answer.text.contains(word), "\(answer.text)")
        }
        // The log has it, under the word that the answer gives.
        let word = try #require(answer.line.split(separator: " ").last).dropLast()
        #expect(house.log.all.contains { "\($0)".contains(word) && "\($0)".contains("controller_entitlements") })
    }

    @Test(arguments: [
        ("198.51.100.1", "10.2.3.4", "[]"), ("198.51.100.1", "10.2.3.4, 192.0.2.7", "[]"),
        ("192.0.2.7", "10.2.3.4", #"["DEMO"]"#), ("192.0.2.7", "10.2.3.4, 192.0.2.7", #"["DEMO"]"#),
        // The proxy adds whom it hears at the end; what came before is whatever the visitor wrote.
        ("192.0.2.7", "10.2.3.4, 198.51.100.1", "[]"), ("192.0.2.7", "10.2.3.4, nonsense", "[]"),
        ("192.0.2.7", "", "[]"), ("10.2.3.4", "198.51.100.1", #"["DEMO"]"#), ("nonsense", "10.2.3.4", "[]"),
    ])
    func onlyATrustedProxySaysFromWhereARequestComes(peer: String, header: String, projects: String) async throws {
        var policy = Policy()
        policy.trustedProxies = [try #require(IPNetwork("192.0.2.7/32"))]
        let house = try Gatehouse(policy)
        _ = try await house.agent("DEMO", "DEMO")
        try await house.fleet.addNetwork(
            try #require(IPNetwork("10.0.0.0/8")), to: try ProjectKey("DEMO"), forVisitors: true)
        let answer = try await house.send(
            "GET", "/auth/access", headers: header.isEmpty ? [] : [("x-forwarded-for", header)], peer: peer)
        #expect(answer.status == 200 && answer.line == projects, "\(answer.text)")
    }

    @Test func theEnvironmentIsForAgentsThatMayGather() async throws {
        let house = try Gatehouse(environment: "DROPINS_HOST=inside.example")
        let demo = try await house.agent("DEMO", "DEMO")
        let other = try await house.agent("OTHER", "OTHER")
        func asked(by caller: Caller?, of project: String = "DEMO") async throws -> Answer {
            try await house.send(
                "GET", "/auth/status", "project=\(project)&agent=\(caller?.name ?? "DEMO")", as: caller)
        }
        #expect(try await asked(by: demo).text.contains("inside.example"))
        var stranger = demo
        stranger.key = try SigningKey.generate()
        for refused in [try await asked(by: nil), try await asked(by: other), try await asked(by: stranger)] {
            #expect([401, 403].contains(refused.status) && !refused.text.contains("inside.example"), "\(refused.text)")
        }
        // Nor while it may not gather: its project is locked, or it comes from elsewhere.
        try await house.fleet.setLock(ProjectKey("DEMO"), reason: "moves")
        #expect(try await !asked(by: demo).text.contains("inside.example"))
        try await house.fleet.setLock(ProjectKey("DEMO"), reason: nil)
        try await house.fleet.addNetwork(
            try #require(IPNetwork("198.51.100.0/24")), to: try ProjectKey("DEMO"), forVisitors: false)
        #expect(try await !asked(by: demo).text.contains("inside.example"))
    }

    @Test func theVersionIsForAgents() async throws {
        var policy = Policy()
        policy.version = "9.8.7"
        let house = try Gatehouse(policy)
        let demo = try await house.agent("DEMO", "DEMO")
        #expect(try await house.send("GET", "/auth/version", "version=1.0.0", as: demo).status == 200)
        for stranger in [nil, Caller(name: "GHOST", key: demo.key), Caller(name: "DEMO", key: try .generate())] {
            let answer = try await house.send("GET", "/auth/version", "version=1.0.0", as: stranger)
            #expect([401, 403].contains(answer.status) && !answer.text.contains("up_to_date"), "\(answer.text)")
        }
        for path in ["/", "/healthz", "/nothing"] {
            let answer = try await house.send("GET", path)
            #expect(answer.header("Server") == nil && !answer.text.contains("9.8.7"), "\(answer)")
        }
    }
}
