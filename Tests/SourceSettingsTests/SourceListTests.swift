import Configuration
import ControllerAPI
import SourceSettings
import TestSupport
import Testing

@Suite struct SourceListTests {
    private func read(_ json: String) throws -> [SourceDefinition] {
        try SourceList.read(Array(json.utf8), path: "data_sources.json")
    }

    private func numbered(_ variables: [String: String]) throws -> NumberedSources {
        let directory = try TemporaryDirectory()
        let environment = variables.merging(["AGENT_HOME": directory.path]) { given, _ in given }
        return try NumberedSources(AgentConfiguration.sources(environment: environment).read(AgentSettings.all))
    }

    private func demo(_ variables: [String: String]) throws -> [SourceDefinition] {
        try numbered(variables.merging(["JIRA_KEY": "DEMO"]) { given, _ in given })[ProjectKey("DEMO")]
    }

    // MARK: data_sources.json

    @Test func readsTheFile() throws {
        let definitions = try read(
            #"[{"type":"git","name":"a","url":"git@h.test:a/b.git"},{"type":"github","name":"t","url":"https://github.com/o/r","github_team":"x"}]"#
        )
        #expect(definitions.map(\.kind) == [.git, .github])
        #expect(definitions.map(\.name) == ["a", "t"])
        #expect(definitions[0].plainURL == "ssh://git@h.test/a/b.git")
        #expect(definitions[1].gitHubTeam == "x")
        #expect(definitions[1].origin == "data_sources.json, entry 2")
    }

    @Test(arguments: [
        (#"{}"#, "data_sources.json: expected an array of objects whose members are texts"),
        (#"[{"type":"git","name":"hunter2"}]"#, "data_sources.json: expected a member that is missing at entry 1, url"),
        (
            #"[{"type":"git","name":1,"url":"hunter2"}]"#,
            "data_sources.json: expected an array of objects whose members are texts at entry 1, name"
        ),
        (#"[hunter2"#, "data_sources.json: expected JSON"),
    ])
    func tellsWhereTheFormIsWrong(json: String, fault: String) throws {
        do {
            _ = try read(json)
            Issue.record("read \(json)")
        } catch let error as ConfigurationError {
            #expect(error.faults.map(\.description) == [fault])
        }
    }

    @Test func keepsWhatItDoesNotKnowForTheExport() throws {
        let list = SourceList(
            file: try read(
                #"[{"type":"history","name":"h","url":"https://h.test/h"},{"type":"git","name":"a","url":"https://u:p@h.test/a/b"},{"type":"git","name":"s","url":"git@h.test:s"},{"type":"subversion","name":"t","url":"/t","github_team":"x"}]"#
            ),
            numbered: [])
        #expect(list.gatherable.map(\.name) == ["a", "s"])
        #expect(
            list.warnings == [
                "data_sources.json, entry 1 (h) is not gathered: its type is unknown",
                "data_sources.json, entry 4 (t) is not gathered: only GitHub sources have a team",
            ])
        #expect(
            String(decoding: list.exported(), as: UTF8.self)
                == #"[{"type": "history", "name": "h", "url": "https://h.test/h"}, {"type": "git", "name": "a", "url": "https://h.test/a/b"}, {"type": "git", "name": "s", "url": "ssh://git@h.test/s"}, {"type": "subversion", "name": "t", "url": "/t", "github_team": "x"}]"#
        )
    }

    // MARK: Together

    @Test func warnsAboutTwoNamesOfOneAddress() throws {
        let list = SourceList(
            file: try read(
                #"[{"type":"git","name":"a","url":"https://h.test/a/b"},{"type":"git","name":"b","url":"https://u@H.test/a/b.git/"},{"type":"git","name":"a","url":"https://h.test/c"}]"#
            ),
            numbered: [])
        #expect(list.definitions.map(\.url) == ["https://h.test/a/b", "https://h.test/c"])
        #expect(
            list.warnings == [
                "data_sources.json, entry 2 (b) has the same address as data_sources.json, entry 1 (a), which counts",
                "several sources are named a: rows do not tell them apart",
            ])
    }

    @Test func aNumberedSourceTakesThePlaceOfTheFiles() throws {
        let file = try read(
            #"[{"type":"git","name":"b","url":"https://h.test/a/b"},{"type":"git","name":"c","url":"https://h.test/c"}]"#
        )
        let same = SourceList(
            file: file, numbered: try demo(["SOURCE_1_URL": "https://h.test/a/b.git", "SOURCE_1_TOKEN": "t"]))
        #expect(same.definitions.map(\.origin) == ["SOURCE_1", "data_sources.json, entry 2"])
        #expect(same.definitions[0].options.token == Secret("t"))
        #expect(same.warnings == [])
        let renamed = SourceList(
            file: file, numbered: try demo(["SOURCE_1_URL": "https://h.test/c", "SOURCE_1_NAME": "new"]))
        #expect(renamed.definitions.map(\.name) == ["b", "new"])
        #expect(
            renamed.warnings == ["data_sources.json, entry 2 (c) has the same address as SOURCE_1 (new), which counts"])
    }

    // MARK: Numbered settings

    @Test func readsNumberedSources() throws {
        let definitions = try demo([
            "SOURCE_2_URL": "git@h.test:group/product.git", "SOURCE_2_SSH_KEY": "keys/two",
            "SOURCE_2_SKIP_STATS": "yes",
            "SOURCE_10_URL": "svn://svn.test/x", "SOURCE_10_TYPE": "Subversion", "SOURCE_10_NAME": "old code",
            "SOURCE_10_USERNAME": "u", "SOURCE_10_PASSWORD": "p", "SOURCE_0_CREDENTIALS_ENV": "/k",
        ])
        #expect(definitions.map(\.origin) == ["SOURCE_2", "SOURCE_10"])
        #expect(definitions.map(\.name) == ["product", "old code"])
        #expect(definitions.map(\.kind) == [.git, .subversion])
        #expect(definitions[0].options.keyPath == "keys/two")
        #expect(definitions[0].options.skipsStatistics)
        #expect(definitions[1].options.password == Secret("p"))
    }

    @Test func aSourceBelongsToItsProject() throws {
        let sources = try numbered([
            "JIRA_KEY": "ONE TWO", "SOURCE_1_URL": "/a", "SOURCE_1_PROJECT": "TWO", "SOURCE_2_URL": "/b",
            "SOURCE_2_PROJECT": "THREE",
        ])
        #expect(sources[try ProjectKey("ONE")] == [])
        #expect(sources[try ProjectKey("TWO")].map(\.url) == ["/a"])
        #expect(sources.warnings == ["SOURCE_2 is of project THREE, which JIRA_KEY does not name"])
    }

    @Test func tellsAllThatDoesNotGoTogether() throws {
        do {
            _ = try numbered([
                "JIRA_KEY": "ONE TWO", "SOURCE_1_URL": "/a", "SOURCE_2_NAME": "x", "SOURCE_3_PROJECT": "ONE",
                "SOURCE_3_URL": "https://u:hunter2@h.test/x", "SOURCE_3_SSH_KEY": "k", "SOURCE_4_PROJECT": "ONE",
                "SOURCE_4_URL": "https://h.test/y", "SOURCE_4_PASSWORD": "p", "SOURCE_4_TOKEN": "t",
            ])
            Issue.record("read it")
        } catch let error as ConfigurationError {
            #expect(
                error.faults.map(\.description) == [
                    "SOURCE_1_PROJECT (default): expected a project, because JIRA_KEY does not name exactly one",
                    "SOURCE_2_URL (default): expected a URL, because other settings of the source are set",
                    "SOURCE_3_URL (environment): expected no password in it, but in SOURCE_3_PASSWORD or its file",
                    "SOURCE_3_SSH_KEY (environment): expected a URL of SSH to go with it",
                    "SOURCE_4_TOKEN (environment): set together with a password, expected one of them",
                    "SOURCE_4_PASSWORD (environment): expected SOURCE_4_USERNAME to go with it",
                ])
        }
    }
}
