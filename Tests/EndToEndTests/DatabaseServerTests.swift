import Files
import TestSupport
import Testing

/// A controller whose tables are in PostgreSQL does what one with a file does.
@Suite struct DatabaseServerTests {
    private let directory: TemporaryDirectory
    private let server: DatabaseServer
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        server = try DatabaseServer()
        controller = try RunningController(in: directory)
        controller.stop()
        try set()
        try controller.command("init").required()
        try controller.start()
    }

    private func set(_ lines: String = "") throws {
        try Files.write("STORE='\(server.address)'\n\(lines)".utf8, to: "\(controller.state)/env", permissions: 0o600)
    }

    private func sql(_ text: String) throws -> String {
        try Ran.program("psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", server.address, "-c", text])
            .required().line
    }

    @Test func figuresPurgeAndTablesAreThoseOfTheServer() throws {
        let repository = try SampleRepository(in: directory)
        let agent = try AgentHome(
            in: directory, controller: controller,
            ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO"), "SOURCE_1_URL": repository.path])
        try agent.run("run").required()
        try controller.waitForLog("\"bundle imported\"")
        let rows = try sql("SELECT count(*) FROM vcs_versions")
        #expect(Int(rows) == (try repository.count()))

        let figures = try Ran.program(
            "curl",
            [
                "--silent", "--fail", "--max-time", "60", "--cacert", controller.certificate,
                "https://\(controller.address)/metrics",
            ]
        ).required().output
        for line in [
            #"gathering_controller_agents{state="enrolled"} 1"#, #"gathering_controller_bundles{state="imported"} 1"#,
            #"gathering_controller_usable{part="store"} 1"#, #"gathering_controller_decisions{event="registered"} 1"#,
        ] { #expect(figures.contains(line), "\(figures)") }
        #expect(figures.contains("gathering_controller_project_delivered_timestamp_seconds{project=\"DEMO\"} "))
        #expect(try controller.command("status").required().output.contains("bundles\t1 imported"))

        let shown = try controller.command("purge", "rows", "bundles", "trackers", "--older", "0").required().output
        #expect(shown.contains("rows\tvcs_versions\t\(rows) rows") && shown.contains("trackers\tDEMO\t"), "\(shown)")
        #expect(try sql("SELECT count(*) FROM vcs_versions") == rows)
        let other = try controller.command("purge", "rows", "--older", "0", "--project", "OTHER", "--remove")
        #expect(other.line == "nothing is that old", "\(other)")
        try controller.command(
            "purge", "rows", "bundles", "trackers", "--older", "0", "--project", "DEMO", "--remove"
        ).required()
        #expect(
            try sql("SELECT (SELECT count(*) FROM vcs_versions) + (SELECT count(*) FROM controller_trackers)") == "0")
        #expect(try Files.list("\(controller.state)/spool/bundles/DEMO/DEMO").isEmpty)
        #expect(try sql("SELECT state FROM controller_bundles") == "imported")
        #expect(try controller.command("audit", "--last", "1").required().line.contains("purged"))
    }

    @Test func tablesAreChangedWhenTheOperatorWants() throws {
        #expect(try controller.command("db", "status").required().output.contains("store\tPostgreSQL"))
        controller.stop()
        try set("MIGRATE=never\n")
        _ = try sql("DROP TABLE tag; ALTER TABLE vcs_versions DROP COLUMN message CASCADE")
        let status = try controller.command("db", "status")
        #expect(status.status == 1, "\(status)")
        #expect(
            status.output.contains("missing\ttag") && status.output.contains("missing\tvcs_versions.message"),
            "\(status)")
        let refused = try controller.command("agents", "list")
        #expect(refused.status == 2 && refused.output.contains("controller db migrate"), "\(refused)")
        try controller.command("db", "migrate").required()
        #expect(try controller.command("db", "status").status == 0)
        #expect(try controller.command("db", "migrate").required().line.hasPrefix("nothing to do"))
        // pg_dump has what a backup of ours would.
        #expect(try controller.command("backup", "\(directory.path)/backup.tar.zst").status == 2)
        try controller.start()
    }
}
