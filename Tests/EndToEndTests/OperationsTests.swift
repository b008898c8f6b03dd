import ControllerAPI
import Files
import TestSupport
import Testing

/// What an operator does with a running controller: watch it, remove what is old, change its tables.
@Suite struct OperationsTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    /// The body of the answer and its status, on a line of its own.
    private func ask(_ path: String, _ words: String...) throws -> String {
        try Ran.program(
            "curl",
            ["--silent", "--max-time", "60", "--cacert", controller.certificate, "--write-out", "\n%{http_code}"]
                + words
                + ["https://\(controller.address)\(path)"]
        ).required().line
    }

    /// Has an agent deliver the history of a repository.
    private func deliver() throws -> AgentHome {
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let agent = try AgentHome(
            in: directory, controller: controller,
            [
                "ENROLMENT_TOKEN": token, "SOURCE_1_TYPE": "git", "SOURCE_1_NAME": "demo",
                "SOURCE_1_URL": repository.path,
            ])
        try agent.run("run").required()
        try controller.waitForLog("bundle imported")
        return agent
    }

    @Test func readinessTellsWhichPartCannotBeUsed() throws {
        #expect(
            try ask("/readyz") == #"{"ok": true, "store": true, "spool": true, "room": true, "ssh": true}"# + "\n200")
        let words = { ["health", "--listen", "127.0.0.1", "--port", "\(controller.port)"] }
        #expect(try controller.command(words() + ["--ready"]).status == 0)
        controller.stop()
        try Files.write(Array("SPOOL_RESERVE=4096TiB\n".utf8), to: "\(controller.state)/env")
        try controller.start()
        let unready = try controller.command(words() + ["--ready"])
        #expect(unready.status == 1 && unready.output.contains("cannot do its work"), "\(unready)")
        #expect(try controller.command(words()).status == 0)
        #expect(
            try ask("/readyz") == #"{"ok": false, "store": true, "spool": true, "room": false, "ssh": true}"# + "\n503")
        #expect(try ask("/healthz") == #"{"ok": true}"# + "\n200")
    }

    @Test func figuresAreForThisMachineOrForWhoHasTheToken() throws {
        _ = try controller.enrol("DEMO", "DEMO")
        let figures = try ask("/metrics")
        #expect(figures.hasSuffix("\n200"))
        for line in [
            #"gathering_controller_decisions{event="token-issued"} 1"#, #"gathering_controller_usable{part="ssh"} 1"#,
            "gathering_controller_imported_rows 0", "# TYPE process_start_time_seconds gauge",
        ] { #expect(figures.contains(line), "\(figures)") }
        #expect(try ask("/metrics", "--header", "X-Forwarded-For: 127.0.0.1").hasSuffix("\n403"))
        controller.stop()
        try Files.write(Array("METRICS_TOKEN=figures-please\n".utf8), to: "\(controller.state)/env", permissions: 0o600)
        try controller.start()
        #expect(try ask("/metrics").hasSuffix("\n401"))
        #expect(try ask("/metrics", "--header", "Authorization: Bearer figures-pleas").hasSuffix("\n401"))
        #expect(try ask("/metrics", "--header", "Authorization: Bearer figures-please").hasSuffix("\n200"))
    }

    @Test func mailTellsOnceOfProjectsThatAreOverdue() throws {
        let here = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        let certificate = try TestCertificate(in: directory, name: "mail")
        let mail = try Peer(
            "/usr/bin/python3", ["\(here)/MailTests/mail-server.py", "none", certificate.certificate, certificate.key])
        let settings = """
            SMTP_SERVER=127.0.0.1
            SMTP_PORT=\(try mail.line())
            SMTP_SECURITY=none
            SMTP_FROM=controller@example.org
            SMTP_TO=ops@example.org
            OVERDUE_DAYS=3

            """
        #expect(try controller.command("notify").status == 2)
        try Files.write(settings.utf8, to: "\(controller.state)/env")
        let agent = try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO")])
        try agent.run("register").required()
        #expect(try controller.command("notify").required().line == "nothing has changed: no mail was sent")
        _ = try controller.query("UPDATE controller_agents SET registered_at = '2026-01-01T00:00:00Z'")
        let status = try controller.command("status").required().output
        #expect(status.contains("agents\t1 enrolled"), "\(status)")
        #expect(status.contains("overdue\tDEMO\tsince 2026-01-01T00:00:00Z\tDEMO"), "\(status)")
        #expect(try controller.command("notify").required().line == "mail sent about 1")
        let taken = try mail.line(containing: "{")
        #expect(taken.contains("overdue: DEMO") && taken.contains("2026-01-01T00:00:00Z"), "\(taken)")
        #expect(try controller.command("notify").required().line == "nothing has changed: no mail was sent")
        try controller.command("projects", "lock", "DEMO", "--reason", "moves").required()
        #expect(try controller.command("notify").required().line == "mail sent about 1")
        #expect(try mail.line(containing: "{").contains("no longer overdue: DEMO"))
    }

    @Test func saltsAreEncryptedWhereThereIsAKey() throws {
        let repository = try SampleRepository(in: directory)
        let agent = try AgentHome(
            in: directory, controller: controller,
            ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO"), "SOURCE_1_URL": repository.path])
        try agent.run("register").required()
        let salts = try agent.registration(of: "DEMO").salts
        controller.stop()
        let env = "\(controller.state)/env"
        try Files.write(Array("SALTS_KEY_FILE=salts-key\n".utf8), to: env)
        func serve(_ key: String) throws -> Ran {
            try Files.write(Array(key.utf8), to: "\(controller.state)/salts-key", permissions: 0o600)
            return try controller.command("serve", "--listen", "127.0.0.1", "--port", "1")
        }
        #expect(try serve("too short").status == 2)
        try Files.write(
            Array("the key of these salts\n".utf8), to: "\(controller.state)/salts-key", permissions: 0o600)
        try controller.start()
        try agent.write(["SOURCE_1_URL": repository.path], controller: controller)
        try agent.run("register").required()
        #expect(try agent.registration(of: "DEMO").salts == salts)
        let sealed = try controller.query("SELECT count(*) FROM controller_projects WHERE salt LIKE 'box1:%'")
        #expect(sealed == ["1"])
        _ = try controller.enrol("OTHER", "WEB")
        #expect(try controller.query("SELECT count(*) FROM controller_projects WHERE salt LIKE 'box1:%'") == ["2"])
        controller.stop()
        let wrong = try serve("another key, that is wrong")
        #expect(wrong.status == 2 && wrong.output.contains("another key than that of SALTS_KEY"), "\(wrong)")
        #expect(!wrong.output.contains("that is wrong"))
        try Files.remove(env)
        let none = try controller.command("serve", "--listen", "127.0.0.1", "--port", "1")
        #expect(none.status == 2 && none.output.contains("SALTS_KEY is not set"), "\(none)")
    }

    @Test func rowsGoToTheSinksThatAreSet() throws {
        controller.stop()
        try Files.write(Array("NDJSON_DIRECTORY=rows\n".utf8), to: "\(controller.state)/env")
        try controller.start()
        let agent = try deliver()
        try controller.waitForLog("rows brought to a sink")
        let files = try Files.list("\(controller.state)/rows/vcs_versions")
        let lines = try files.flatMap { name in
            String(decoding: try Files.read("\(controller.state)/rows/vcs_versions/\(name)"), as: UTF8.self)
                .split(separator: "\n")
        }
        #expect(lines.count == (try controller.count("vcs_versions")) && files.count == 1)
        #expect(lines.allSatisfy { $0.hasPrefix(#"{"project":"DEMO","#) })
        let figures = try ask("/metrics")
        #expect(figures.contains(#"gathering_controller_sink_waiting_bundles{sink="ndjson"} 0"#), "\(figures)")
        #expect(try controller.command("status").required().output.contains("sink ndjson\t0 bundles wait\n"))
        withExtendedLifetime(agent) {}
    }

    @Test func agentsThatMayGatherGetTheEnvironmentOfTheFile() throws {
        controller.stop()
        try Files.write(Array("CONTROLLER_ENV_FILE=agent.env\n".utf8), to: "\(controller.state)/env")
        let missing = try controller.command("serve", "--listen", "127.0.0.1", "--port", "1")
        #expect(missing.status != 0 && missing.output.contains("agent.env"), "\(missing)")
        let path = "\(controller.state)/agent.env"
        try Files.write(Array("export GIT_CACHE=1\n".utf8), to: path)
        let malformed = try controller.command("serve", "--listen", "127.0.0.1", "--port", "1")
        #expect(malformed.status == 2 && malformed.output.contains("\(path):1"), "\(malformed)")
        try Files.write(Array("LOG_LEVEL=DEBUG\n".utf8), to: path)
        try controller.start()
        let agent = try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO")])
        try agent.run("register").required()
        let visitor = try Visitor(controller, in: directory)
        func contents() throws -> String {
            let request = try visitor.signed(
                .init(path: "/auth/status", query: "project=DEMO&agent=DEMO"), as: "DEMO", with: agent.key())
            return try visitor.send(request).text
        }
        let handedOut = try contents()
        #expect(handedOut.contains(#""contents":"LOG_LEVEL=DEBUG\n""#), "\(handedOut)")
        // It is read anew for each, and without it nobody begins.
        try Files.remove(path)
        #expect(try contents().contains("Agent environment configuration is missing"))
    }

    @Test func listsAreJSONWhereProgramsReadThem() throws {
        _ = try controller.enrol("DEMO", "DEMO", "WEB")
        try controller.command("networks", "add", "192.0.2.0/24").required()
        try controller.command("projects", "lock", "WEB", "--reason", "moves").required()
        for (words, query, found) in [
            (["agents", "list"], ".agents | length", "0"),
            (["projects", "list"], ".projects[1] | .project + \" \" + .lock_reason", "WEB moves"),
            (["schedule", "show"], ".projects | length", "2"),
            (["networks", "list"], ".networks[0].networks[0]", "192.0.2.0/24"),
            (["audit"], "[.audit[].event] | index(\"token-issued\") != null", "true"),
            (["runs"], ".runs | length", "0"), (["db", "status"], ".current", "true"),
        ] {
            let json = try Ran.program(
                BuiltProgram.path("controller"), words + ["--json", "--state", controller.state]
            ).required().output
            let file = "\(directory.path)/list.json"
            try Files.write(Array(json.utf8), to: file)
            #expect(try Ran.program("jq", ["-r", query, file]).required().line == found, "\(words)")
        }
    }

    @Test func trackersOfImportsAreLaidOutForTheirAgents() throws {
        controller.stop()
        try Files.write(Array("LOG_LEVEL=DEBUG\n".utf8), to: "\(controller.state)/env")
        try controller.start()
        _ = try deliver()
        try controller.waitForLog("update trackers laid out")
        let laidOut = "\(controller.state)/spool/incoming/DEMO/update/DEMO"
        let files = try Files.list(laidOut).sorted()
        #expect(
            try controller.query(
                "SELECT file FROM controller_trackers WHERE file <> 'preflight_date.txt' ORDER BY file") == files)
        #expect(files.contains("latest_vcs_versions.json"))
        let content = String(decoding: try Files.read("\(laidOut)/latest_vcs_versions.json"), as: UTF8.self)
        #expect(
            try controller.query(
                "SELECT content = '\(content)' FROM controller_trackers WHERE file = 'latest_vcs_versions.json'") == [
                    "1"
                ]
        )
    }

    @Test func whatIsOldIsShownFirstAndThenRemoved() throws {
        _ = try deliver()
        let rows = try controller.query("SELECT count(*) FROM vcs_versions")
        let none = try controller.command("purge", "bundles", "rows", "--older", "1")
        #expect(none.status == 0 && none.line == "nothing is that old", "\(none)")
        let shown = try controller.command("purge", "bundles", "rows", "--older", "0").required().output
        #expect(shown.contains("rows\tvcs_versions\t\(rows[0]) rows") && shown.contains("say --remove"), "\(shown)")
        #expect(try controller.query("SELECT count(*) FROM vcs_versions") == rows)
        let other = try controller.command("purge", "rows", "--older", "0", "--project", "OTHER", "--remove")
        #expect(other.line == "nothing is that old")
        try controller.command("purge", "bundles", "rows", "--older", "0", "--agent", "DEMO", "--remove").required()
        #expect(try controller.query("SELECT count(*) FROM vcs_versions") == ["0"])
        #expect(try Files.list("\(controller.state)/spool/bundles/DEMO/DEMO").isEmpty)
        #expect(try controller.query("SELECT state FROM controller_bundles") == ["imported"])
        let line = try controller.command("audit", "--last", "1").required().line
        #expect(line.contains("purged\tDEMO") && line.contains("rows: "), "\(line)")
        #expect(try controller.command("purge", "everything", "--older", "0").status == 2)
    }

    @Test func tablesAreChangedWhenTheOperatorWants() throws {
        controller.stop()
        _ = try controller.query("DROP TABLE tag")
        try Files.write(Array("MIGRATE=never\n".utf8), to: "\(controller.state)/env")
        let refused = try controller.command("agents", "list")
        #expect(refused.status == 2 && refused.output.contains("controller db migrate"), "\(refused)")
        let status = try controller.command("db", "status")
        #expect(status.status == 1 && status.output.contains("missing\ttag"), "\(status)")
        let backup = "\(directory.path)/before.tar.zst"
        try controller.command("db", "migrate", "--backup", backup).required()
        #expect(try Files.status(backup) != nil)
        #expect(try controller.command("db", "status").status == 0)
        #expect(try controller.command("db", "migrate").required().line.hasPrefix("nothing to do"))
        // One that has had none of the changes.
        let tables = try controller.query(
            "SELECT name FROM sqlite_master WHERE name LIKE 'controller_%' AND type = 'table'")
        _ = try controller.query(
            "PRAGMA foreign_keys = OFF; DROP TABLE bigboat_status; PRAGMA user_version = 0; "
                + tables.map { "DROP TABLE \($0);" }.joined())
        #expect(try controller.command("agents", "list").output.contains("version 0 of the tables"))
        try controller.command("db", "migrate").required()
        try controller.start()
    }
}
