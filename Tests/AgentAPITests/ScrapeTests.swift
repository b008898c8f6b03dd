import AgentAPI
import Synchronization
import Testing

/// What the older agents answer, byte for byte where their clients look.
@Suite struct ScrapeTests {
    @Test(arguments: ["GET", "POST", "HEAD", "PUT"])
    func tellsWhetherItGathersWhoeverAsks(method: String) async {
        let asking = Asking(listener: "0.0.0.0", host: "agent:7070", token: "t")
        let idle = await asking.ask(method, "/status", host: "anything")
        #expect(idle.status == 503)
        #expect(idle.text == #"{"message":"No scrape process is running","ok":false}"#)
        asking.agent.state.withLock { $0.isGathering = true }
        let busy = await asking.ask(method, "/status", host: "anything")
        #expect(busy.status == 200)
        #expect(busy.text == #"{"message":"Scrape process is running","ok":true}"#)
        #expect(busy.header("Content-Type") == "application/json")
    }

    @Test func begins() async throws {
        let asking = Asking()
        let answer = await asking.ask("POST", "/scrape")
        #expect(answer.status == 201)
        #expect(answer.text == #"{"ok":true}"#)
        #expect(asking.agent.begun == 1)
    }

    @Test func makesItsChecksInTheKnownOrder() async throws {
        let asking = Asking(listener: "0.0.0.0", host: "agent:7070", token: "secret")
        asking.agent.state.withLock { $0.isGathering = true }
        let token = ["Authorization": "Bearer secret"]
        let steps: [(String, String, [String: String], Int, String)] = [
            ("GET", "other:7070", ["Origin": "http://evil"], 403, "Invalid Host header"),
            ("GET", "AGENT:7070", [:], 403, "Invalid Host header"),
            ("GET", "agent", [:], 403, "Invalid Host header"),
            ("GET", "agent:7070", ["Origin": "http://evil"], 403, "Invalid Origin header"),
            ("GET", "agent:7070", ["Sec-Fetch-Site": "cross-site"], 403, "Invalid Origin header"),
            ("GET", "agent:7070", ["Origin": "http://agent:7070"], 400, "Must be POSTed"),
            ("POST", "agent:7070", [:], 401, "A bearer token is needed: the agent's AGENT_TOKEN"),
            (
                "POST", "agent:7070", ["Authorization": "Bearer secre"], 401,
                "A bearer token is needed: the agent's AGENT_TOKEN"
            ),
            (
                "POST", "agent:7070", ["Authorization": "Basic secret"], 401,
                "A bearer token is needed: the agent's AGENT_TOKEN"
            ),
            ("POST", "agent:7070", token, 503, "Another scrape process is already running"),
        ]
        for (method, host, headers, status, message) in steps {
            let answer = await asking.ask(method, "/scrape", host: host, headers)
            #expect(answer.status == status)
            #expect(try answer.errorMessage() == message)
        }
        #expect(asking.agent.begun == 0)
        asking.agent.state.withLock { $0.isGathering = false }
        #expect(await asking.ask("POST", "/scrape", host: "agent:7070", token).status == 201)
    }

    @Test(arguments: [
        (Beginning.busy, 503, "Another scrape process is already running"),
        (.ended(status: 2), 503, "Status code 2"), (.impossible("no git"), 500, "no git"),
    ])
    func tellsWhatCameOfIt(beginning: Beginning, status: Int, message: String) async throws {
        let asking = Asking()
        asking.agent.state.withLock { $0.beginning = beginning }
        let answer = await asking.ask("POST", "/scrape")
        #expect(answer.status == status)
        #expect(try answer.errorMessage() == message)
    }

    @Test func anExposedAgentWithoutATokenBeginsForNobody() async throws {
        let asking = Asking(listener: "0.0.0.0", host: "agent:7070")
        let answer = await asking.ask("POST", "/scrape", host: "agent:7070", ["Authorization": "Bearer "])
        #expect(answer.status == 401)
        #expect(try answer.errorMessage().contains("AGENT_TOKEN"))
        #expect(answer.header("WWW-Authenticate") == "Bearer")
    }

    @Test func beginningsAreRare() async throws {
        let asking = Asking()
        for _ in 0..<5 { #expect(await asking.ask("POST", "/scrape").status == 201) }
        let answer = await asking.ask("POST", "/scrape")
        #expect(answer.status == 429)
        #expect(answer.header("Retry-After") == "12")
        #expect(asking.agent.begun == 5)
    }

    @Test func guessingTheTokenIsSlow() async {
        let asking = Asking(listener: "0.0.0.0", host: "agent:7070", token: "secret")
        var statuses: [Int] = []
        for number in 0..<12 {
            statuses.append(await asking.ask("GET", "/runs", ["Authorization": "Bearer \(number)"]).status)
        }
        #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
        // Whoever has it is not kept out by whoever has not.
        #expect(await asking.ask("GET", "/runs", ["Authorization": "Bearer secret"]).status == 200)
    }

    @Test func whatIsNotThereIsAnErrorInTheSameForm() async throws {
        for path in ["/nothing", "/runs/", "/runs/a/b", "/status/", "/scrape/x", "//"] {
            let answer = await Asking().ask("GET", path)
            #expect(answer.status == 404)
            #expect(try answer.errorMessage().contains("was not found"))
        }
    }
}
