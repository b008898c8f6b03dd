import Files
import TestSupport
import Testing

/// `agent config`, which needs neither a controller nor a network.
@Suite struct ConfigurationCommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func agent(_ settings: [String: String]) throws -> AgentHome {
        try AgentHome(in: directory, controller: nil, settings)
    }

    @Test func eachValueIsShownWithItsOriginAndSecretsAreNot() throws {
        let agent = try agent([
            "SOURCE_1_TYPE": "git", "SOURCE_1_NAME": "web", "SOURCE_1_URL": "https://git.example/web.git",
            "SOURCE_1_TOKEN": "s3cretword",
        ])
        let shown = try agent.run("config", "show", "--log", "DEBUG")
        #expect(shown.status == 0, "\(shown)")
        #expect(shown.output.contains("JIRA_KEY=DEMO    # \(agent.path)/env:1"), "\(shown)")
        #expect(shown.output.contains("SOURCE_1_TOKEN=<redacted>"), "\(shown)")
        #expect(shown.output.contains("LOG_LEVEL=DEBUG    # option --log"), "\(shown)")
        #expect(shown.output.contains("LOG_FORMAT=json    # environment"), "\(shown)")
        #expect(!shown.output.contains("AGENT_PORT"), "\(shown)")
        let all = try agent.run("config", "show", "--all", "--json")
        #expect(all.output.contains(#""name" : "AGENT_PORT""#) && all.output.contains(#""value" : "7070""#), "\(all)")
        #expect(!all.output.contains("s3cretword"))
    }

    @Test func whatIsWellIsCounted() throws {
        let agent = try agent([
            "SOURCE_1_TYPE": "git", "SOURCE_1_NAME": "web", "SOURCE_1_URL": "https://git.example/web.git",
        ])
        let checked = try agent.run("config", "check")
        #expect(checked.status == 0 && checked.output.contains("1 projects, 1 sources"), "\(checked)")
    }

    @Test func allFaultsAreToldAtOnceWithTheirPlaces() throws {
        let agent = try agent(["CRON_PERIOD": "sometimes", "OUTBOX_LIMIT": "much", "SOURCE_1_URLL": "x"])
        try Files.makeDirectory("\(agent.path)/config")
        try Files.write(Array("no assignment\n".utf8), to: "\(agent.path)/config/env")
        let checked = try agent.run("config", "check")
        #expect(checked.status == 2, "\(checked)")
        for text in [
            "CRON_PERIOD (\(agent.path)/env:1): expected", "OUTBOX_LIMIT (\(agent.path)/env:3): expected",
            "config/env:1", "SOURCE_1_URLL is no known setting; did you mean SOURCE_1_URL?",
        ] {
            #expect(checked.output.contains(text), "\(text) in \(checked)")
        }
    }

    @Test func mappingsAndWhatAServerIsAskedForAreLookedAtToo() throws {
        let agent = try agent([
            "SOURCE_1_TYPE": "sonar", "SOURCE_1_NAME": "S", "SOURCE_1_URL": "https://sonar.example/dashboard",
        ])
        let unbounded = try agent.run("config", "check")
        #expect(unbounded.status == 2 && unbounded.output.contains("SOURCE_1_URL"), "\(unbounded)")
        #expect(unbounded.output.contains("?id=KEY"), "\(unbounded)")
        try agent.write([:], controller: nil)
        let mapping = #"{"storypiont": {"field": "x"}, "title": {"field": "summary", "type": "strr"}}"#
        try Files.write(Array(mapping.utf8), to: "\(agent.path)/jira_fields.json")
        let checked = try agent.run("config", "check")
        #expect(checked.status == 2, "\(checked)")
        for text in [
            "jira_fields.json at $.storypiont", "did you mean storypoint?", "$.title.type", "did you mean str?",
        ] {
            #expect(checked.output.contains(text), "\(text) in \(checked)")
        }
    }

    @Test func plansOfListsAreLookedAtToo() throws {
        let agent = try agent(["SEATS_FILES": "plans/*.xlsx"])
        try Files.makeDirectory("\(agent.path)/config")
        try Files.write(Array("sheet: Plan\nprojects: *teams\n".utf8), to: "\(agent.path)/config/seats.yml")
        let topdesk = "[projects]\nDEMO = 77\n[whitelist]\nall = (\n[names]\nrequestr = Requester\n"
        try Files.write(Array(topdesk.utf8), to: "\(agent.path)/config/topdesk.cfg")
        let settings = "[dropins]\ntype = floppy\nurl = nowhere\n"
        try Files.write(Array(settings.utf8), to: "\(agent.path)/config/settings.cfg")
        let checked = try agent.run("config", "check")
        #expect(checked.status == 2, "\(checked)")
        for text in [
            "config/seats.yml:2: expected", "config/topdesk.cfg:4: expected a regular expression",
            "config/topdesk.cfg:6: expected the name of a column in [names], found another; did you mean requester?",
            "config/topdesk.cfg: [names]: expected", "type of [dropins]: expected owncloud or webdav",
            "url of [dropins]: expected a URL",
        ] {
            #expect(checked.output.contains(text), "\(text) in \(checked)")
        }
    }

    @Test func sourcesAndTheCertificateAreLookedAtToo() throws {
        let agent = try agent(["SSH_HOST": "controller.example", "SSH_HTTPS_CERT": "certs/none.pem"])
        try Files.makeDirectory("\(agent.path)/export/DEMO")
        try Files.write(Array("[{\"type\": 1}]".utf8), to: "\(agent.path)/export/DEMO/data_sources.json")
        let checked = try agent.run("config", "check")
        #expect(checked.status == 2, "\(checked)")
        #expect(checked.output.contains("data_sources.json"), "\(checked)")
        #expect(checked.output.contains("SSH_HTTPS_CERT: cannot open \(agent.path)/certs/none.pem"), "\(checked)")
    }
}
