import AgentAPI
import ControllerAPI
import FoundationEssentials
import HTTPServer
import Runs
import Synchronization
import Testing
import Timestamps

@Suite struct TellingTests {
    private static let guarded = ["/", "/runs", "/report", "/metrics"]
    private static let open = ["/healthz", "/readyz", "/openapi.json"]

    private func run(_ problem: String = "no such repository") throws -> RunRecord {
        RunRecord(
            id: try RunID("20261121T034332Z-0a1b2c3d"), project: try ProjectKey("DEMO"), cause: .schedule,
            start: Timestamp(seconds: 1_795_232_612),
            result: RunResult(
                end: Timestamp(seconds: 1_795_232_672), outcome: .failed, problem: problem, advice: "Mend it.",
                sources: [.init(name: "demo", outcome: .failed, problems: [problem], seconds: 1)], rows: 5, bytes: 6))
    }

    private func filled(_ asking: Asking, problem: String = "no such repository") throws {
        let record = try run(problem)
        asking.agent.state.withLock { state in
            state.runs = [record]
            state.snapshot.agent = "DEMO"
            state.snapshot.projects = [.init(project: "DEMO", last: Run(record), lastComplete: nil)]
            state.snapshot.outbox = .init(bundles: 1, bytes: 2, limit: 3, damaged: 0, oldest: nil, problem: nil)
            var facts = DaemonFacts(process: 1, version: "1.2.3", started: Timestamp(seconds: 10), address: "a")
            facts.plans = [.init(setting: "CRON_PERIOD", period: "daily", next: Timestamp(seconds: 20))]
            state.snapshot.daemon = facts
        }
    }

    // MARK: Who may ask

    @Test(arguments: guarded)
    func onLoopbackWhoeverAsksForThisMachineIsTold(path: String) async throws {
        let asking = Asking()
        for host in ["localhost:7070", "127.0.0.1:7070", "[::1]:7070"] {
            #expect(await asking.ask("GET", path, host: host).status == 200)
        }
        // A name that somebody made point to 127.0.0.1.
        for host in ["evil.example:7070", "localhost", "localhost:70701", ""] {
            #expect(await asking.ask("GET", path, host: host).status == 403)
        }
        #expect(await asking.ask("DELETE", path).status == 405)
        #expect(await asking.ask("HEAD", path).status == 200)
    }

    @Test(arguments: guarded)
    func anExposedAgentTellsOnlyWhoeverHasTheToken(path: String) async {
        let asking = Asking(listener: "0.0.0.0", token: "secret")
        #expect(await asking.ask("GET", path).status == 401)
        #expect(await asking.ask("GET", path, host: "10.0.0.1:7070", ["Authorization": "bearer secret"]).status == 200)
    }

    @Test(arguments: open)
    func thatItIsAliveIsNoSecret(path: String) async {
        let asking = Asking(listener: "0.0.0.0", token: "secret")
        #expect(await asking.ask("GET", path, host: "anything").status == 200)
    }

    // MARK: What is told

    @Test func tellsItsRuns() async throws {
        let asking = Asking()
        try filled(asking)
        struct Runs: Decodable { let runs: [Run] }
        let all = await asking.ask("GET", "/runs")
        #expect(try JSONDecoder().decode(Runs.self, from: Data(all.response.body)).runs == [Run(try run())])
        let one = await asking.ask("GET", "/runs/20261121T034332Z-0a1b2c3d")
        #expect(try JSONDecoder().decode(Run.self, from: Data(one.response.body)) == Run(try run()))
        #expect(one.text.contains(#""started":"2026-11-21T03:43:32Z""#))
        for id in ["20261121T034332Z-00000000", "x", "%2e%2e"] {
            #expect(await asking.ask("GET", "/runs/\(id)").status == 404)
        }
    }

    @Test func tellsWhatKeepsItFromWorking() async {
        let asking = Asking()
        #expect(await asking.ask("GET", "/readyz").text == "ready\n")
        asking.agent.state.withLock { $0.hindrances = ["JIRA_KEY names no project"] }
        let answer = await asking.ask("GET", "/readyz")
        #expect(answer.status == 503)
        #expect(answer.text == "JIRA_KEY names no project\n")
        #expect(await asking.ask("GET", "/healthz").status == 200)
    }

    @Test func thePageLoadsNothingAndTrustsNoText() async throws {
        let asking = Asking()
        try filled(asking, problem: #"<script>alert("1")</script>'&"#)
        let page = await asking.ask("GET", "/")
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(!policy.contains("unsafe") && !page.text.contains("<script") && !page.text.contains("http"))
        #expect(page.text.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"))
        #expect(page.text.contains("<td>DEMO</td>"))
    }

    // MARK: Figures

    @Test func itsFiguresAreInTheFormOfPrometheus() async throws {
        let asking = Asking()
        try filled(asking)
        let answer = await asking.ask("GET", "/metrics")
        #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        let figures = try PrometheusText(answer.text)
        #expect(figures["gathering_agent_info", ["version": "1.2.3"]] == 1)
        #expect(figures["gathering_agent_runs_total", ["outcome": "complete"]] == 3)
        #expect(figures["gathering_agent_runs_total", ["outcome": "not-now"]] == 0)
        #expect(figures["gathering_agent_last_run_duration_seconds", ["project": "DEMO"]] == 60)
        #expect(figures["gathering_agent_last_complete_run_start_timestamp_seconds", ["project": "DEMO"]] == nil)
        #expect(figures["gathering_agent_next_run_timestamp_seconds", ["setting": "CRON_PERIOD"]] == 20)
        #expect(figures["gathering_agent_outbox_bytes", [:]] == 2)
        #expect(figures["process_resident_memory_bytes", [:]] == 12_345_678)
        #expect(figures.types["gathering_agent_runs_total"] == "counter")
    }

    @Test func aFreshAgentHasFiguresToo() async throws {
        _ = try PrometheusText(await Asking().ask("GET", "/metrics").text)
    }

    @Test(arguments: [
        "a 1", "# TYPE a gauge\na 1\n# TYPE a gauge\n", "# TYPE a gauge\na{b=c} 1\n", "# TYPE a gauge\na one\n",
        "a 1\n", "# TYPE a gauge\na 1\nb 2\n", "# TYPE a gauge\na 1\na 2\n", "# TYPE a sort\na 1\n",
        "# TYPE a counter\na 1\n",
        "# TYPE a gauge\n1a 1\n", "# TYPE a gauge\na{b=\"c\\x\"} 1\n", "# TYPE a gauge\n\na 1\n",
    ])
    func theReaderOfTheseTestsIsStrict(text: String) {
        #expect(throws: PrometheusText.Wrong.self) { try PrometheusText(text) }
    }
}
