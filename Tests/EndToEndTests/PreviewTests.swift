import Files
import FoundationEssentials
import TestSupport
import Testing

/// `agent preview` shows what a run would deliver, and leaves everything as it was.
@Suite struct PreviewTests {
    private let directory: TemporaryDirectory
    private let controller: HostileController
    private let repository: SampleRepository
    private let agent: AgentHome

    init() throws {
        directory = try TemporaryDirectory()
        controller = try HostileController(in: directory)
        repository = try SampleRepository(in: directory)
        agent = try AgentHome(
            in: directory, controller, policy: "{}",
            ["SOURCE_1_URL": repository.path, "SOURCE_1_NAME": "product"])
    }

    private struct Report: Decodable {
        struct Field: Decodable {
            let name: String
            let fate: String
            let before: [String?]?
            let after: [String?]
        }
        struct Table: Decodable {
            let name: String
            let leaves: Bool
            let rows: Int
            let fields: [Field]
        }
        struct Bundle: Decodable {
            let bytes: Int
            let isSealed: Bool
        }
        struct Source: Decodable {
            let name: String
            let outcome: String
        }
        let isPseudonymised: Bool
        let hindrance: String?
        let tables: [Table]
        let files: [String]
        let sources: [Source]
        let bundle: Bundle

        func fate(_ table: String, _ field: String) -> String? {
            tables.first { $0.name == table }?.fields.first { $0.name == field }?.fate
        }
    }

    private func report(_ words: String...) throws -> Report {
        let ran = try Ran.program(
            BuiltProgram.path("agent"), ["preview", "DEMO", "--json"] + words,
            environment: ["AGENT_HOME": agent.path, "LOG_LEVEL": "ERROR"])
        let json = ran.output.drop { $0 != "{" }
        return try JSONDecoder().decode(Report.self, from: Data(json.utf8))
    }

    @Test func showsEachFieldAndLeavesEverythingAsItWas() throws {
        try agent.run("register").required()
        let before = try snapshot()
        let ran = try agent.run("preview", "DEMO")
        #expect(ran.status == 0, "\(ran)")
        #expect(ran.output.contains("vcs_versions: \(try repository.count()) rows, "), "\(ran)")
        #expect(ran.output.contains("  repo_name             kept      \"product\""), "\(ran)")
        #expect(ran.output.contains("  developer             pseudonym \""), "\(ran)")
        #expect(ran.output.contains("product: complete in") && ran.output.contains(" bytes, sealed"), "\(ran)")
        #expect(!ran.output.contains(SampleRepository.name) && !ran.output.contains(SampleRepository.addresses))
        let lines = ran.output.split(separator: "\n").filter { !$0.hasPrefix("{") }
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(ran)")
        #expect(try snapshot() == before)
        #expect(try !agent.exists("preview/DEMO"))
        // The copy of the repository serves the next run, which gathers everything.
        #expect(try agent.exists("project-git-repos/DEMO"))
        let run = try agent.run("run")
        #expect(run.output.contains("DEMO data_vcs_versions.json: \(try repository.count()) rows"), "\(run)")
        // What was sealed is not new any more.
        #expect(try report().tables.first?.rows == 0)
    }

    /// Files and rows that a preview must not touch.
    private func snapshot() throws -> String {
        try Ran.script(
            """
            cd "$1"
            find . -path ./project-git-repos -prune -o -type f -not -name 'agent.sqlite*' -not -name lock -print | sort
            find export secrets config env -type f -exec sha256sum {} + 2>/dev/null || true
            test ! -e agent.sqlite || sqlite3 agent.sqlite .dump | grep -v '^PRAGMA' | grep INSERT || true
            """, agent.path
        ).required().output
    }

    @Test func showsOriginalsOnlyWhenAskedTo() throws {
        try agent.run("register").required()
        let ran = try agent.run("preview", "DEMO", "--samples")
        #expect(ran.status == 0, "\(ran)")
        #expect(ran.output.contains("warning: the samples show personal values in the clear"), "\(ran)")
        #expect(ran.output.contains("    before: \"") && ran.output.contains(SampleRepository.name), "\(ran)")
        let told = try report()
        #expect(told.tables.allSatisfy { $0.fields.allSatisfy { $0.before == nil } })
        let samples = try report("--samples").tables.first?.fields.first { $0.name == "developer" }
        #expect(samples?.before?.compactMap { $0 }.isEmpty == false)
        #expect(samples?.after.allSatisfy { $0?.utf8.count == 64 } == true)
    }

    @Test func showsWhatThePolicyKeepsBack() throws {
        try agent.run("register").required()
        try agent.write(
            policy: """
                {"fields": {"vcs_versions": ["*", "-message"], "tag": []}, "hours": [],
                 "sources": [{"paths": ["\(repository.path)"]}]}
                """)
        let told = try report()
        #expect(told.fate("vcs_versions", "message") == "withheld")
        #expect(told.fate("vcs_versions", "developer") == "pseudonym")
        #expect(told.fate("vcs_versions", "repo_name") == "kept")
        #expect(told.tables.filter { !$0.leaves }.map(\.name) == ["change_path", "tag", "vcs_event"])
        #expect(
            told.tables.first { $0.name == "tag" }?.fields.allSatisfy { $0.fate == "withheld" && $0.after == [] }
                == true)
        #expect(!told.files.contains("data_tag.json") && told.files.contains("latest_vcs_versions.json"))
        #expect(told.hindrance == "DEMO: the policy permits no time only")
        #expect(told.bundle.isSealed && told.bundle.bytes > 0)
        let text = try agent.run("preview", "DEMO").output
        #expect(
            text.contains("  message               withheld") && text.contains("kept back whole by the policy"),
            "\(text)")
        #expect(text.contains("now: refused, DEMO: the policy permits no time only"), "\(text)")
    }

    @Test func withoutSecretsItSaysThatNothingWouldBeSealed() throws {
        let told = try report()
        #expect(!told.isPseudonymised && !told.bundle.isSealed)
        #expect(told.fate("vcs_versions", "developer") == "clear")
        let ran = try agent.run("preview", "DEMO")
        #expect(ran.output.contains("mend: agent register DEMO"), "\(ran)")
        #expect(try !agent.exists("agent.sqlite"))
    }

    @Test func aSourceThatFailsIsTold() throws {
        try agent.run("register").required()
        try Ran.program("rm", ["-r", repository.path]).required()
        let ran = try agent.run("preview", "DEMO")
        #expect(ran.status == 1 && ran.output.contains("product: failed in"), "\(ran)")
        #expect(try !agent.exists("preview/DEMO"))
    }
}
