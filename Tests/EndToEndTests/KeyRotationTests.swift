import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing

/// An agent changes its key, is copied, is shut out, each as a person brings it about.
@Suite struct KeyRotationTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let agent: AgentHome

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        agent = try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO")])
        try agent.run("register").required()
    }

    private var nextPath: String { "\(agent.keyPath).next" }

    private func fingerprint() throws -> String { try agent.key().publicKey.fingerprint }

    /// The agent has one key, and the controller knows that one and no other.
    private func expectOneKey() throws {
        #expect(try Files.status(nextPath) == nil)
        #expect(try Files.status("\(nextPath).pub") == nil)
        #expect(try controller.command("agents", "list").line.hasPrefix("DEMO\tenrolled\t\(fingerprint())"))
        #expect(!(try controller.command("agents", "list").output.contains("changes to the key")))
        let line = try agent.key().publicKey.openSSH()
        #expect(String(decoding: try Files.read("\(agent.keyPath).pub"), as: UTF8.self).hasPrefix(line))
        let authorized = String(decoding: try Files.read("\(controller.state)/ssh/authorized_keys"), as: UTF8.self)
        let logins = authorized.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(logins.count == 1 && logins[0].contains(line), "\(authorized)")
        #expect(try agent.run("preflight").status == 0)
    }

    @Test func changesTheKeyOnBothWays() throws {
        let visitor = try Visitor(controller, in: directory)
        let old = try fingerprint()
        try Files.write(Files.read(agent.keyPath), to: "\(directory.path)/old", permissions: 0o600)
        let said = try agent.run("keys", "rotate")
        #expect(said.status == 0, "\(said)")
        #expect(try fingerprint() != old)
        #expect(try said.output.contains(fingerprint()), "\(said)")
        try expectOneKey()
        #expect(try visitor.sftp(["ls export"], with: agent.keyPath).status == 0)
        #expect(try visitor.sftp(["ls export"], with: "\(directory.path)/old").status != 0)
        #expect(try agent.run("keys", "show").output.contains(fingerprint()))
        let trail = try controller.command("audit", "--agent", "DEMO").output
        #expect(trail.contains("key-announced") && trail.contains("key-rotated"), "\(trail)")
    }

    @Test func whatWasSealedWithTheOldKeyIsStillDelivered() throws {
        let repository = try SampleRepository(in: directory)
        try agent.write(["SOURCE_1_URL": repository.path], controller: controller)
        #expect(try agent.run("scrape", "DEMO").status == 0)
        controller.stop()
        #expect(try agent.run("export").status == 75)
        try controller.start()
        try agent.write(["SOURCE_1_URL": repository.path], controller: controller)
        #expect(try agent.run("keys", "rotate").status == 0)
        // The SSH service has another port now.
        #expect(try agent.run("register").status == 0)
        let delivered = try agent.run("export")
        #expect(delivered.status == 0, "\(delivered)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
    }

    @Test func goesByAge() throws {
        let repository = try SampleRepository(in: directory)
        let settings = ["SOURCE_1_URL": repository.path, "KEY_ROTATION_DAYS": "30"]
        try agent.write(settings, controller: controller)
        let young = try fingerprint()
        #expect(try agent.run("run").status == 0)
        #expect(try fingerprint() == young)
        try Ran.program("touch", ["-d", "31 days ago", agent.keyPath]).required()
        let ran = try agent.run("run")
        #expect(ran.status == 0, "\(ran)")
        #expect(try fingerprint() != young)
        try expectOneKey()
    }

    // MARK: Interrupted

    enum Interruption: String, CaseIterable {
        /// The new key lies on the disk, and nobody knows it.
        case afterMaking
        /// The controller accepts both.
        case afterAnnouncing
        /// The controller accepts the new one only, and the agent has not noticed.
        case afterConfirming
        /// The new file is in its place, and beside it what is to be removed.
        case afterReplacing
    }

    @Test(arguments: Interruption.allCases) func goesOnWhereItWasInterrupted(kind: Interruption) throws {
        let old = try fingerprint()
        let saved = "\(directory.path)/old"
        try Files.write(Files.read(agent.keyPath), to: saved, permissions: 0o600)
        switch kind {
        case .afterMaking: try SigningKey.generate().save(nextPath)
        case .afterAnnouncing:
            try SigningKey.generate().save(nextPath)
            let next = try SigningKey.load(nextPath).publicKey
            _ = try controller.query("UPDATE controller_agents SET next_key = '\(next.openSSH())'")
            // Both let in for requests and logins.
            try controller.command("agents", "approve", "DEMO").required()
            let visitor = try Visitor(controller, in: directory)
            for key in [agent.keyPath, nextPath] { #expect(try visitor.sftp(["ls export"], with: key).status == 0) }
            #expect(try controller.command("agents", "list").output.contains("changes to the key \(next.fingerprint)"))
            #expect(try agent.run("preflight").status == 0)
        case .afterConfirming:
            try agent.run("keys", "rotate").required()
            try Files.write(Files.read(agent.keyPath), to: nextPath, permissions: 0o600)
            try Files.write(Files.read(saved), to: agent.keyPath, permissions: 0o600)
        case .afterReplacing:
            try agent.run("keys", "rotate").required()
            try Files.write(Files.read(agent.keyPath), to: nextPath, permissions: 0o600)
        }
        let ran = try agent.run("register")
        #expect(ran.status == 0, "\(ran)")
        #expect(try fingerprint() != old)
        try expectOneKey()
    }

    @Test func aControllerThatIsAwayLeavesBothKeys() throws {
        let old = try fingerprint()
        controller.stop()
        let away = try agent.run("keys", "rotate")
        #expect(away.status == 75, "\(away)")
        #expect(try fingerprint() == old)
        #expect(try Files.status(nextPath) != nil)
        try controller.start()
        try agent.write([:], controller: controller)
        #expect(try agent.run("register").status == 0)
        #expect(try fingerprint() != old)
        try expectOneKey()
    }

    // MARK: Copies

    @Test func theCopyOfAnAgentIsLockedOutAndNamed() throws {
        try Ran.program("cp", ["-r", agent.path, "\(directory.path)/copy home"]).required()
        let copy = try AgentHome(in: directory, name: "copy", controller: controller)
        // The one that comes first goes on.
        #expect(try agent.run("register").status == 0)
        for words in [["register"], ["preflight"], ["run"]] {
            let refused = try Ran.program(
                BuiltProgram.path("agent"), words, environment: ["AGENT_HOME": copy.path, "LOG_FORMAT": "json"])
            #expect(refused.status == 1, "\(refused)")
            #expect(refused.output.contains("is a copy"), "\(refused)")
            #expect(refused.output.contains("controller agents approve DEMO"), "\(refused)")
        }
        let list = try controller.command("agents", "list").output
        #expect(list.contains("a copy of its state directory asked at") && list.contains("127.0.0.1"), "\(list)")
        #expect(try agent.run("register").status == 0)
        #expect(try agent.run("preflight").status == 0)
        // A person decides for the copy: then the other one is the copy.
        try controller.command("agents", "approve", "DEMO").required()
        #expect(try copy.run("register").status == 0)
        let late = try agent.run("register")
        #expect(late.status == 1, "\(late)")
    }

    @Test func aControllerThatWasBroughtBackLocksNobodyOut() throws {
        let backup = "\(directory.path)/backup"
        try controller.command("backup", backup).required()
        for _ in 0..<3 { #expect(try agent.run("register").status == 0) }
        controller.stop()
        try Files.removeTree(controller.state)
        try controller.command("restore", backup).required()
        try controller.start()
        try agent.write([:], controller: controller)
        // Its SSH server is at another port now, of which a registration tells.
        let back = try agent.run("preflight")
        #expect(back.status == 75 && back.output.contains("DEMO ok   controller: "), "\(back)")
        #expect(try agent.run("register").status == 0)
        #expect(try agent.run("preflight").status == 0)
    }

    // MARK: Shut out

    @Test(arguments: ["revoke", "ban", "evict"]) func cutsRequestsLoginsAndOpenSessions(how: String) throws {
        let visitor = try Visitor(controller, in: directory)
        let session = try visitor.openSession(with: agent.keyPath)
        defer { session.kill() }
        let pattern = "\(directory.path).*incoming/DEMO"
        #expect(try Ran.program("pgrep", ["-f", "--", pattern]).status == 0)
        let said = try controller.command("agents", how, "DEMO")
        #expect(said.status == 0, "\(said)")
        #expect(try Ran.program("pgrep", ["-f", "--", pattern]).status == 1)
        #expect(try visitor.sftp(["ls export"], with: agent.keyPath).status != 0)
        let refused = try agent.run("preflight")
        #expect(refused.status == 1 && refused.output.contains("agent register"), "\(refused)")
    }
}
