import Files
import TestSupport
import Testing

/// Both programs as a user runs them, with a real `git` and a real `sshd` between them.
@Suite struct MainJobTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    private func enrolledAgent(_ repository: String) throws -> AgentHome {
        let token = try controller.enrol("DEMO", "DEMO")
        return try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository])
    }

    @Test func deliversEveryCommitOnceAndLaterOnlyWhatIsNew() throws {
        let repository = try SampleRepository(in: directory)
        let agent = try enrolledAgent(repository.path)
        #expect(try agent.run("register").status == 0)
        #expect(try agent.run("preflight").status == 0)

        let first = try agent.run("run")
        #expect(first.status == 0, "\(first)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
        #expect(try controller.count("vcs_versions", where: "type = 'merge'") == 2)
        #expect(
            try controller.query("SELECT change_type, file FROM change_path WHERE change_type = 'R'")
                == ["R|new/name.txt"])
        // The tag of a file has no commit.
        #expect(
            try controller.query("SELECT tag_name FROM tag ORDER BY 1") == [
                "light", "nested", "r\u{FFFD}sum\u{FFFD}", "v1",
            ])
        #expect(try controller.count("vcs_versions", where: "message LIKE 'Grüße in Latin 1%'") == 1)
        let paths = try controller.count("change_path")

        let second = try agent.run("run")
        #expect(second.status == 0, "\(second)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
        #expect(try controller.count("change_path") == paths)
        #expect(try controller.count("tag") == 4)

        try repository.commit("third", "fourth")
        let third = try agent.run("run")
        #expect(third.output.contains("data_vcs_versions.json: 2 rows"), "\(third)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
        #expect(try controller.count("change_path") == paths + 2)
        #expect(try controller.query("SELECT state FROM controller_bundles") == ["imported", "imported", "imported"])
    }

    @Test func aRebuiltAgentGoesOnFromWhatWasImported() throws {
        let repository = try SampleRepository(in: directory)
        let agent = try enrolledAgent(repository.path)
        try agent.run("run").required()
        try controller.waitForLog("\"bundle imported\"")
        let commits = try repository.count()
        try repository.commit("third")
        // On another machine: nothing is left but the token for a new key.
        let settings = ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO"), "SOURCE_1_URL": repository.path]
        let rebuilt = try AgentHome(in: directory, name: "rebuilt", controller: controller, settings)
        let run = try rebuilt.run("run")
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains("gathering goes on from what the controller has imported"), "\(run)")
        #expect(run.output.contains("data_vcs_versions.json: 1 rows"), "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == commits + 1)

        // Where the operator wants everything again.
        try controller.command("purge", "trackers", "--older", "0", "--project", "DEMO", "--remove").required()
        let third = try AgentHome(
            in: directory, name: "third", controller: controller,
            settings.merging(["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO")]) { $1 })
        let everything = try third.run("run")
        #expect(everything.output.contains("data_vcs_versions.json: \(commits + 1) rows"), "\(everything)")
    }

    @Test func anEmptyRepositoryBringsNothingAndIsNoError() throws {
        let repository = "\(directory.path)/empty"
        try Ran.program("git", ["init", "--quiet", repository]).required()
        let agent = try enrolledAgent(repository)
        #expect(try agent.run("register").status == 0)
        let run = try agent.run("run")
        #expect(run.status == 0, "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == 0)
    }

    /// One registration, preflight and gathering in one command, as a job would do it.
    @Test func runRegistersByItself() throws {
        let repository = try SampleRepository(in: directory)
        let run = try enrolledAgent(repository.path).run("run", "DEMO")
        #expect(run.status == 0, "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
    }

    /// As in a container: the home directory is read-only but for what the volumes hold.
    @Test func aStateOfItsOwnLeavesTheHomeAlone() throws {
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let state = "\(directory.path)/agent state"
        let agent = try AgentHome(
            in: directory, controller: controller,
            ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository.path, "AGENT_STATE": state])
        let run = try agent.run("run")
        #expect(run.status == 0, "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        let listed = { path in try Ran.program("ls", ["-A", path]).required().output.split(separator: "\n") }
        #expect(try listed(agent.path) == [".ssh", "certs", "env", "export"])
        let own = Set(try listed(state))
        #expect(own.isSuperset(of: ["agent.sqlite", "gathering", "outbox", "project-git-repos", "secrets"]), "\(own)")
    }

    @Test func aCommandRunsInTheAgentsEnvironment() throws {
        let agent = try AgentHome(in: directory, controller: nil, ["AGENT_STATE": "kept"])
        let run = try agent.run("exec", "--", "sh", "-c", "pwd; echo \"$AGENT_STATE\"; exit 7")
        #expect(run.status == 7, "\(run)")
        #expect(run.output.contains("\(agent.path)\n\(agent.path)/kept"), "\(run)")
        let missing = try agent.run("exec", "--", "no-such-program")
        #expect(missing.status == 1, "\(missing)")
    }

    @Test func aControllerTellsWhetherItIsAlive() throws {
        let port = "\(controller.port)"
        let alive = try controller.command("health", "--listen", "127.0.0.1", "--port", port)
        #expect(alive.status == 0, "\(alive)")
        controller.stop()
        let gone = try controller.command("health", "--listen", "127.0.0.1", "--port", port)
        #expect(gone.status == 1, "\(gone)")
    }

    @Test func twoControllersDoNotShareAState() throws {
        let port = try SecureShellServer.freePort()
        let second = try controller.command("serve", "--listen", "127.0.0.1", "--port", "\(port)")
        #expect(second.status == 1, "\(second)")
        #expect(second.output.contains("another controller already works in \(controller.state)"), "\(second)")
        #expect(
            try Ran.program("ssh-keyscan", ["-p", "\(controller.sshPort)", "127.0.0.1"]).output.contains("ed25519"))
    }

    @Test func aKeptBundleOpensWithOrdinaryProgramsAndIsWhatItsManifestSays() throws {
        let agent = try enrolledAgent(try SampleRepository(in: directory).path)
        #expect(try agent.run("run").status == 0)
        let bundle = try #require(try controller.keptBundles().first)
        let opened = try open(bundle)
        let report = try Ran.script(
            """
            cd "$1"
            python3 -c '
            import json
            for file in json.load(open("manifest.json"))["files"]:
                print(file["sha256"] + "  " + file["name"])' | sha256sum --check --strict
            """, opened
        ).required().output
        #expect(report.contains("data_vcs_versions.json: OK"))
        #expect(report.contains("latest_vcs_versions.json: OK"))
        #expect(!report.contains("FAILED"))
    }

    @Test func noNameAndNoAddressLeavesTheAgentButInMessages() throws {
        let repository = try SampleRepository(in: directory)
        let agent = try enrolledAgent(repository.path)
        let run = try agent.run("run")
        #expect(run.status == 0, "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        let opened = try open(try #require(try controller.keptBundles().first))
        for place in [opened, controller.state, controller.log, "\(agent.path)/export", "\(agent.path)/agent.sqlite"] {
            let found = try Ran.script(
                "grep --recursive --files-with-matches --text --ignore-case -e \"$2\" -e \"$3\" \"$1\" || true", place,
                SampleRepository.name, SampleRepository.addresses)
            #expect(found.output.isEmpty)
        }
        #expect(!run.output.contains(SampleRepository.name))
        #expect(!run.output.contains(SampleRepository.addresses))
        // Messages are data; the documentation says so.
        #expect(
            try controller.count("vcs_versions", where: "message LIKE '%\(SampleRepository.named)%'") == 1)
        #expect(try controller.count("vcs_versions", where: "encrypted = 1") == repository.count())
        #expect(try controller.count("vcs_versions", where: "length(developer) = 64") == repository.count())
    }

    /// Opens a bundle of the controller's spool; returns the directory with its files.
    private func open(_ bundle: String) throws -> String {
        let target = "\(directory.path)/opened"
        try Ran.script(
            """
            mkdir "$3"
            for part in "$1"/*.cms; do
                openssl cms -decrypt -inform DER -in "$part" -recip "$2/certificate.pem" -inkey "$2/certificate-key.pem"
            done | tar --extract --zstd --directory "$3"
            """, bundle, controller.state, target
        ).required()
        return target
    }
}
