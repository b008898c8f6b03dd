import Files
import ForgeTestSupport
import TestSupport
import Testing

/// `agent scrape` with the servers that the older settings file names, and with those of numbered settings.
@Suite(.timeLimit(.minutes(5))) struct QualityServersTests {
    private func text(_ path: String) throws -> String { String(decoding: try Files.read(path), as: UTF8.self) }

    @Test func theOlderSettingsNameServersForAllProjects() async throws {
        let directory = try TemporaryDirectory()
        let jenkins = try PlatformServer(.jenkins)
        let quality = try PlatformServer(.qualityTime)
        let sonar = try PlatformServer(.sonarQube, "components=1")
        let dashboard = try PlatformServer(.bigBoat)
        let agent = try AgentHome(in: directory, controller: nil)
        let settings = """
            [projects]
            DEMO = The Prøject
            [jenkins]
            host = \(jenkins.address)/ci/
            username = -
            [quality-time]
            name = Quality-time
            url = \(quality.address)/q
            [sonar]
            name.demo = Sonar
            url = \(sonar.address)/sonar
            [bigboat]
            host = \(dashboard.address)
            key = secret
            """
        try Files.makeDirectory("\(agent.path)/config")
        try Files.write(Array(settings.utf8), to: "\(agent.path)/config/settings.cfg")
        let ran = try agent.run("scrape", "DEMO")
        #expect(ran.status == 0, "\(ran)")
        let export = "\(agent.path)/export/DEMO"
        #expect(
            try text("\(export)/data_jenkins.json")
                == #"{"host": "\#(jenkins.address)/ci/", "jobs": 3, "views": 2, "nodes": 2}"#)
        // Both servers' targets are in one file.
        let targets = try text("\(export)/data_metric_targets.json")
        #expect(
            targets.contains("metric1_c\\u00f6mp:1") && targets.contains("\"Cömment\"".replacing("ö", with: "\\u00f6")))
        let names = try text("\(export)/metric_names.json")
        #expect(names.contains("S\\u00f6ftware") && names.contains("c\\u00f6mp:1"))
        let options = try text("\(export)/metric_options_update.json")
        #expect(options.contains("\"quality-time\"") && options.contains("\"sonar\""))
        #expect(try text("\(export)/data_project.json").contains(#""quality_display_name": "C\u00f6mponent""#))
        #expect(try text("\(export)/project_meta_update.json").contains(quality.address))
        #expect(try text("\(export)/data_environments.json").contains(#"["quality-time", "\#(quality.address)/q"]"#))
        // What they name is on the list, and so are they.
        let sources = try text("\(export)/data_sources.json")
        for url in ["\(quality.address)/q", "\(sonar.address)/sonar", "https://gl.test/gr", "https://gh.test/o/r"] {
            #expect(sources.contains(url), "\(url) in \(sources)")
        }
        let listed = try agent.run("scrape", "DEMO", "--only", "metric-history", "--only", "bigboat")
        #expect(listed.status == 0 && listed.output.contains("data_metrics.json: 0 rows"), "\(listed)")
        #expect(try text("\(export)/data_bigboat.json").contains("\"checked_time\": \"2024-05-18 12:50:04\""))
    }

    @Test func aSourceWithAFileForEachOfItsTablesIsNotAsked() async throws {
        let directory = try TemporaryDirectory()
        let jenkins = try PlatformServer(.jenkins)
        let agent = try AgentHome(
            in: directory, controller: nil,
            ["SOURCE_1_TYPE": "jenkins", "SOURCE_1_NAME": "Build", "SOURCE_1_URL": "\(jenkins.address)/ci"])
        try Files.makeDirectory("\(agent.path)/dropins/DEMO")
        let dropin = #"{"host": "https://ci.example/", "jobs": 7, "views": 1, "nodes": 1}"#
        try Files.write(Array(dropin.utf8), to: "\(agent.path)/dropins/DEMO/data_jenkins.json")
        let ran = try agent.run("scrape", "DEMO", "--only", "jenkins", "--only", "dropins")
        #expect(ran.status == 0, "\(ran)")
        #expect(try await jenkins.requests() == [])
        #expect(try text("\(agent.path)/export/DEMO/data_jenkins.json") == dropin)
    }

    @Test func theJiraOfTheOlderSettingsIsOnTheList() async throws {
        let directory = try TemporaryDirectory()
        let agent = try AgentHome(in: directory, controller: nil)
        try Files.makeDirectory("\(agent.path)/config")
        let settings = "[jira]\nserver = https://jira.invalid/context\n[projects]\nDEMO = The Project\n"
        try Files.write(Array(settings.utf8), to: "\(agent.path)/config/settings.cfg")
        for _ in 0..<2 {
            let ran = try agent.run("scrape", "DEMO", "--only", "project")
            #expect(ran.status == 0, "\(ran)")
            #expect(
                try text("\(agent.path)/export/DEMO/data_sources.json")
                    == #"[{"type": "jira", "name": "The Project", "url": "https://jira.invalid/context"}]"#)
        }
        #expect(try text("\(agent.path)/export/DEMO/data_project.json").contains(#""jira_name": "The Project""#))
    }

    @Test func aServerThatIsDownLeavesTheOthers() async throws {
        let directory = try TemporaryDirectory()
        let jenkins = try PlatformServer(.jenkins)
        try await jenkins.set("gone=computer")
        let sonar = try PlatformServer(.sonarQube)
        let agent = try AgentHome(
            in: directory, controller: nil,
            [
                "SOURCE_1_TYPE": "jenkins", "SOURCE_1_NAME": "Build", "SOURCE_1_URL": "\(jenkins.address)/ci",
                "SOURCE_2_TYPE": "sonar", "SOURCE_2_NAME": "Sonar",
                "SOURCE_2_URL": "\(sonar.address)/sonar/dashboard?id=c%C3%B6mp:1", "SOURCE_2_TOKEN": "squ_x",
            ])
        let ran = try agent.run("scrape", "DEMO")
        #expect(ran.status == 1 && ran.output.contains("Build: failed"), "\(ran)")
        #expect(ran.output.contains("data_metrics.json: 4 rows"), "\(ran)")
        #expect(try Files.status("\(agent.path)/export/DEMO/data_jenkins.json") == nil)
    }
}
