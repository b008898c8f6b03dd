import Files
import TestSupport
import Testing

/// A controller that is lost comes back from its backup, agents and data and all.
@Suite struct BackupTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    private var file: String { "\(directory.path)/backup.tar.zst" }

    @Test func whatIsBroughtBackIsAControllerThatItsAgentsKnow() throws {
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let settings = [
            "ENROLMENT_TOKEN": token, "SOURCE_1_TYPE": "git", "SOURCE_1_NAME": "demo",
            "SOURCE_1_URL": repository.path,
        ]
        let agent = try AgentHome(in: directory, controller: controller, settings)
        try agent.run("run").required()
        try controller.waitForLog("bundle imported")
        let before = try controller.query("SELECT * FROM vcs_versions ORDER BY 1, 2, 3")
        #expect(!before.isEmpty)

        #expect(try controller.command("backup", file).status == 0)
        #expect(try Files.status(file)?.permissions == 0o600)
        let inside = try Ran.script("tar --zstd -tf \"$1\"", file).required().output.split(separator: "\n")
        #expect(inside.contains("controller.sqlite") && inside.contains("ssh/ssh_host_ed25519_key"))
        #expect(!inside.contains { $0.hasPrefix("spool") || $0.contains("lock") }, "\(inside)")

        controller.stop()
        try Files.move(controller.state, to: "\(directory.path)/lost")
        let restored = try controller.command("restore", file)
        #expect(restored.status == 0, "\(restored)")
        try controller.start()
        #expect(try controller.query("SELECT * FROM vcs_versions ORDER BY 1, 2, 3") == before)
        // Its certificate, host key, receipts and the agent's key are those of before.
        try agent.write(settings, controller: controller)
        let again = try agent.run("run")
        #expect(again.status == 0, "\(again)")
        try controller.waitForLog("bundle imported")
    }

    @Test func nothingIsOverwritten() throws {
        try Files.write(Array("mine".utf8), to: file)
        let backup = try controller.command("backup", file)
        #expect(backup.status == 2 && backup.output.contains("a file \(file) already"), "\(backup)")
        #expect(try Files.read(file) == Array("mine".utf8))
        let restored = try controller.command("restore", file)
        #expect(restored.status == 2 && restored.output.contains("is not empty"), "\(restored)")
    }

    @Test(arguments: ["", "no archive at all", "cut"]) func whatIsNoBackupChangesNothing(content: String) throws {
        if content == "cut" {
            try controller.command("backup", file).required()
            let whole = try Files.read(file)
            try Files.write(whole.prefix(whole.count / 2), to: file)
        } else {
            try Files.write(Array(content.utf8), to: file)
        }
        let target = "\(directory.path)/elsewhere"
        let program = try BuiltProgram.path("controller")
        let restored = try Ran.program(program, ["restore", file, "--state", target])
        #expect(restored.status == 1 && restored.output.contains("Nothing was changed"), "\(restored)")
        #expect(try Files.list(directory.path).filter { $0.hasPrefix("elsewhere") } == [])
    }
}
