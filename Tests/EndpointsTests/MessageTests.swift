import ControllerAPI
import Cryptography
import Endpoints
import Fleet
import Testing

/// What the endpoints say, as agents of the older system know it, and what they say to others than agents.
@Suite struct MessageTests {
    private let house: Gatehouse

    init() throws { house = try Gatehouse() }

    @Test(arguments: [
        ("POST", "/auth/agent.py", "project=PROBE", "other=x", 400, "Public key must be provided as a POST message"),
        (
            "POST", "/auth/agent.py", "project=PROBE", "public_key=a&public_key=b", 400,
            "Exactly one public key must be provided in POST"
        ),
        ("POST", "/auth/agent.py", "", "public_key=a", 400, "Project must be specified"),
        (
            "POST", "/auth/agent.py", "project=probe", "public_key=a", 400,
            "Project key must be all-uppercase, only alphabetic characters"
        ),
        (
            "POST", "/auth/agent.py", "project=A&project=B", "public_key=a", 400,
            "Exactly one project must be specified in GET"
        ),
        ("GET", "/auth/status.py", "", "", 400, "Project must be specified"),
        ("GET", "/auth/status.py", "project=A&project=B", "", 400, "Exactly one project must be specified"),
        ("POST", "/auth/status.py", "project=PROBE", "x=y", 400, "Status must be provided"),
        ("POST", "/auth/status.py", "project=PROBE", "status=%7B", 400, "Status field must be valid JSON"),
        ("GET", "/auth/encrypt.py", "project=PROBE", "", 400, "Value must be provided"),
        ("GET", "/auth/encrypt.py", "value=a&value=b", "", 400, "Exactly one value must be provided"),
        ("GET", "/auth/version.py", "", "", 400, "Version must be specified"),
        ("GET", "/auth/version.py", "version=a&version=b", "", 400, "Exactly one version must be specified"),
        ("GET", "/auth/version.py", "version=x", "", 400, "Version hash must be a valid commit hexsha"),
        (
            "GET", "/auth/status.py", "project=%C3%89", "", 400,
            "Project key must be all-uppercase, only alphabetic characters"
        ),
    ])
    func complainsAsTheOlderSystemDoes(
        method: String, path: String, query: String, body: String, status: Int, text: String
    ) async throws {
        let answer = try await house.send(method, path, query, body: body)
        #expect(answer.status == status && answer.line == text)
    }

    @Test func trackersAreForTheAgentsOfTheProject() async throws {
        let demo = try await house.agent("DEMO", "DEMO")
        let other = try await house.agent("OTHER", "OTHER")
        let own = try await house.send("GET", "/auth/trackers", "project=DEMO&agent=DEMO", as: demo)
        #expect(own.status == 200 && own.line == "{}")
        #expect(try await house.send("GET", "/auth/trackers", "project=DEMO&agent=OTHER", as: other).status == 403)
        #expect(try await house.send("GET", "/auth/trackers", "project=DEMO&agent=DEMO", as: other).status == 403)
        #expect(try await house.send("GET", "/auth/trackers", "project=DEMO").status == 401)
    }

    @Test func nobodyIsAnsweredWhoDoesNotSign() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        for (method, path, body) in [
            ("GET", "/auth/status", ""), ("POST", "/auth/export", ""), ("POST", "/auth/log", "message=x"),
            ("POST", "/auth/status", "status=[]"), ("GET", "/auth/encrypt", ""),
        ] {
            let query = path == "/auth/encrypt" ? "project=DEMO&value=x" : "project=DEMO"
            #expect(try await house.send(method, path, query, body: body).status == 401, "\(method) \(path)")
        }
    }

    @Test func everyRouteIsDescribedAndEveryOtherMethodRefused() async throws {
        let description = try await house.send("GET", "/openapi.json")
        #expect(description.status == 200)
        for path in [
            "/auth/agent", "/auth/status", "/auth/export", "/auth/log", "/auth/wait", "/auth/access", "/auth/encrypt",
            "/auth/version", "/healthz", "/readyz", "/metrics",
        ] {
            #expect(description.text.contains("\"\(path)\":{"))
            let answer = try await house.send("DELETE", path)
            #expect(answer.status == 405 && answer.header("Allow") != nil)
        }
        #expect(try await house.send("GET", "/auth/unknown").status == 404)
    }

    @Test func anAgentMayLogAskForPseudonymsAndItsVersion() async throws {
        let agent = try await house.agent("DEMO", "DEMO")
        #expect(
            try await house.send("POST", "/auth/log", "project=DEMO", body: "message=x&levelname=WARNING", as: agent)
                .status == 202)
        #expect(
            try await house.send(
                "POST", "/auth/log", "project=DEMO", body: "message=No BigBoat host defined for X", as: agent
            ).status == 400)
        let batch = "{\"message\":\"a\",\"n\":1}\n{\"message\":\"b\"}\n"
        #expect(
            try await house.send(
                "POST", "/auth/log", "project=DEMO", body: batch, as: agent,
                headers: [("content-type", "application/x-ndjson")]
            ).status == 202)
        let pseudonym = try await house.send("GET", "/auth/encrypt", "project=DEMO&value=x", as: agent)
        #expect(pseudonym.status == 200 && pseudonym.text.hasSuffix(#""encryption": 1}"#))
        #expect(try await house.send("GET", "/auth/status", "project=DEMO", as: agent).status == 200)
        #expect(try await house.send("GET", "/auth/status", "project=OTHER&agent=DEMO", as: agent).status == 403)
    }

    @Test func anAgentOfTheOlderSystemNeedsItsKeyEnteredAndItsNetwork() async throws {
        var policy = Policy()
        policy.legacyAgents = .enrolledOnly
        let house = try Gatehouse(policy)
        let key = LoginKey(try SigningKey.generate().publicKey)
        let body = FormFields(["public_key": key.openSSH()]).body
        let project = try ProjectKey("DEMO")
        try await house.fleet.expect(key.fingerprint, of: AgentKey("DEMO"), for: [project])
        #expect(try await house.send("POST", "/auth/agent.py", "project=DEMO&agent=DEMO", body: body).status == 403)
        try await house.fleet.addNetwork(try #require(IPNetwork("192.0.2.0/24")), to: project, forVisitors: false)
        #expect(
            try await house.send("POST", "/auth/agent.py", "project=DEMO", body: body, peer: "198.51.100.1").status
                == 403)
        #expect(try await house.send("POST", "/auth/agent.py", "project=DEMO", body: body).status == 200)
        #expect(try await house.send("GET", "/auth/status.py", "project=DEMO").status == 200)
        #expect(try await house.send("GET", "/auth/status.py", "project=DEMO", peer: "198.51.100.1").status == 403)
        #expect(
            try await house.send(
                "POST", "/auth/export.py", "project=DEMO",
                body:
                    "agent=%7B%22user%22%3A%22agent-DEMO%22%2C%22key%22%3A%22-%22%2C%22hostname%22%3A%22h%22%2C%22version%22%3A%221%22%7D"
            ).status == 202)
        let other = LoginKey(try SigningKey.generate().publicKey)
        let forged = FormFields(["public_key": other.openSSH()]).body
        #expect(try await house.send("POST", "/auth/agent.py", "project=DEMO", body: forged).status == 409)
    }

    @Test func aCopiedStateDirectoryIsLockedOut() async throws {
        let agent = try AgentKey("DEMO"), project = try ProjectKey("DEMO")
        let key = try SigningKey.generate().publicKey
        let token = try await house.fleet.enrol(agent, for: [project], validity: .seconds(3600))
        func register(_ generation: Int, _ word: String, _ token: String? = nil) async throws -> RegistrationDecision {
            try await house.fleet.register(
                agent, for: project, key: key, token: token,
                lineage: StateLineage(generation: generation, word: word), from: "192.0.2.9")
        }
        func generation(_ decision: RegistrationDecision) -> Int? {
            if case .accepted(_, let generation) = decision { return generation }
            return nil
        }
        #expect(generation(try await register(0, "aaaaaaaaaaaaaaaa", token)) == 1)
        #expect(generation(try await register(1, "bbbbbbbbbbbbbbbb")) == 2)
        // Its answer was lost.
        #expect(generation(try await register(1, "bbbbbbbbbbbbbbbb")) == 2)
        guard case .refused(let refusal) = try await register(1, "cccccccccccccccc") else {
            Issue.record("the copy is accepted")
            return
        }
        #expect(refusal == .copiedState(address: "192.0.2.9"))
        try await house.fleet.approve(agent, for: [])
        #expect(generation(try await register(1, "cccccccccccccccc")) == 3)
        guard case .refused(.copiedState) = try await register(2, "dddddddddddddddd") else {
            Issue.record("the other one is accepted")
            return
        }
    }
}
