import Commands
import Configuration
import ControllerAPI
import Files
import SourceSettings
import TestSupport
import Testing

@Suite struct AgentSetupTests {
    let directory: TemporaryDirectory
    private var home: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ text: String, to name: String) throws {
        try Files.makeDirectory("\(home)/config")
        try Files.write(Array(text.utf8), to: "\(home)/\(name)", permissions: 0o600)
    }

    private func load(_ environment: [String: String] = [:]) throws -> AgentSetup {
        try AgentSetup(environment: environment.merging(["AGENT_HOME": home]) { given, _ in given })
    }

    @Test func anInstallationOfTheReferenceMovesOver() throws {
        try write(
            "[ssh]\nusername = agent-ABC\nhost = old.example\ncert = certs/c.crt\n[projects]\nabc = Long\n",
            to: "config/settings.cfg")
        try write("[git.example]\nenv = MY_KEY\nusername = git\n", to: "config/credentials.cfg")
        try write("JIRA_KEY=\"ABC\"\nMY_KEY=/keys/one\nskip_dropin=0\n", to: "config/env")
        let setup = try load(["SSH_HOST": "new.example"])
        #expect(setup.agent.projects.map(\.text) == ["ABC"])
        #expect(setup.agent.controller?.host == "new.example")
        #expect(setup.agent.controllerCertificate == "\(home)/certs/c.crt")
        #expect(setup.agent.userName == "agent-ABC")
        #expect(setup.reference.value("projects", "ABC") == "Long")
        #expect(setup.warnings.count == 1)

        let json = #"[{"type":"git","name":"a","url":"https://git.example/x"}]"#
        let list = try setup.sources(of: ProjectKey("ABC"), file: Array(json.utf8), path: "data_sources.json")
        let source = try setup.resolver.resolve(try #require(list.gatherable.first))
        #expect(source.connectionURL == "git@git.example:x")
        #expect(source.keyPath == "/keys/one")
    }

    @Test func nothingButNumberedSourcesIsEnough() throws {
        let setup = try load(["JIRA_KEY": "DEMO", "SOURCE_1_URL": "/srv/product.git"])
        let list = try setup.sources(of: ProjectKey("DEMO"), file: nil, path: "data_sources.json")
        #expect(list.gatherable.map(\.name) == ["product"])
        #expect(try setup.resolver.resolve(list.gatherable[0]).connectionURL == "/srv/product.git")
    }

    @Test func tellsTheFaultsOfAllFilesTogether() throws {
        try write("[ssh]\nhost\n", to: "config/settings.cfg")
        try write("a=1\n", to: "other.cfg")
        try write("WRONG=1\n", to: "env")
        do {
            _ = try load(["GATHERER_CREDENTIALS_FILE": "other.cfg", "AGENT_PORT": "x"])
            Issue.record("read it")
        } catch let error as ConfigurationError {
            #expect(error.faults.count == 4)
        }
    }
}
