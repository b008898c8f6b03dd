import Files
import TestSupport
import Testing

/// An agent of the older system goes through a whole cycle. The script `older-agent` beside this file behaves as its
/// programs do; it speaks with OpenSSH's `scp`, in the older protocol and in the newer one.
@Suite struct OlderAgentTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let home: String

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        home = "\(directory.path)/older"
        try Files.makeDirectory("\(home)/export/DEMO")
    }

    private func run(_ words: String...) throws -> Ran {
        let script = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        return try Ran.program(
            "python3", ["/\(script)/older-agent", home] + words, environment: ["HOME": home, "TZ": "UTC"])
    }

    /// Starts the controller anew with this word on agents that do not sign.
    private func allow(_ mode: String, legacyCopy: Bool = true) throws {
        controller.stop()
        try Files.write("LEGACY_AGENTS=\(mode)\n".utf8, to: "\(controller.state)/env", permissions: 0o600)
        try controller.start()
        let account = try Ran.program("id", ["-un"]).required().line
        let settings = """
            {"host": "127.0.0.1", "https_port": \(controller.port), "ssh_port": \(controller.sshPort), "user": "\(account)", \
            "project": "DEMO", "agent": "DEMO", "certificate": "\(controller.certificate)", "legacy_copy": \(legacyCopy)}
            """
        try Files.write(settings.utf8, to: "\(home)/settings.json")
    }

    private func expectKey() throws {
        try run("key").required()
        let fingerprint = try Ran.program("ssh-keygen", ["-l", "-f", "\(home)/.ssh/id_rsa.pub"]).required().output
            .split(separator: " ")[1]
        try controller.command("agents", "expect", "DEMO", String(fingerprint), "--project", "DEMO").required()
        try controller.command("networks", "add", "127.0.0.0/8", "--project", "DEMO").required()
    }

    private func write(_ name: String, _ content: String) throws {
        try Files.write(content.utf8, to: "\(home)/export/DEMO/\(name)")
    }

    private static func tags(_ names: String...) -> String {
        let rows = names.map { name in
            """
            {"repo_name": "demo", "tag_name": "\(name)", "version_id": "abc", "message": "m", \
            "tagged_date": "2024-01-02 03:04:05", "tagger": "p1", "tagger_email": "p2", "encrypted": "1"}
            """
        }
        return "[\(rows.joined(separator: ",\n"))]"
    }

    @Test(arguments: [true, false]) func completesACycleAndItsFilesAreImported(legacyCopy: Bool) throws {
        try allow("enrolled-only", legacyCopy: legacyCopy)
        try expectKey()
        #expect(try run("register").line.hasPrefix("register: 200"))
        let checked = try run("preflight")
        #expect(checked.status == 0, "\(checked)")
        // There is none yet, which is no fault.
        #expect(try run("trackers").status == 0)
        try write("data_tag.json", Self.tags("v1", "v2"))
        // Cut off in the middle: it is left out, the others are not.
        try write("data_vcs_versions.json", "[{\"repo_name\": \"demo\", ")
        try write("data_something_else.json", "[]")
        try write("latest_vcs_versions.json", #"{"demo": "abc"}"#)
        let names = [
            "data_tag.json", "data_vcs_versions.json", "data_something_else.json", "data_missing.json",
            "latest_vcs_versions.json", "preflight_date.txt",
        ]
        let sent =
            legacyCopy
            ? try run("export", names[0], names[1], names[2], names[3], names[4], names[5])
            : try run("export", names[0], names[1], names[2], names[4], names[5])
        #expect(sent.status == 0, "\(sent)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.query("SELECT tag_name, agent FROM tag ORDER BY 1") == ["v1|DEMO", "v2|DEMO"])
        #expect(try controller.query("SELECT state, rows, is_signed FROM controller_bundles") == ["imported|2|0"])
        #expect(try controller.command("runs").output.contains("\tunsigned"))
        let kept = try controller.keptBundles()
        let refused = String(decoding: try Files.read("\(kept[0])/refused.txt"), as: UTF8.self)
        #expect(
            refused.hasPrefix("data_vcs_versions.json: ") && refused.split(separator: "\n").count == 1, "\(refused)")

        // The next cycle gets the trackers back, and what comes twice is there once.
        try Files.remove("\(home)/export/DEMO/latest_vcs_versions.json")
        #expect(try run("register").line.hasPrefix("register: 200"))
        #expect(try run("preflight").status == 0)
        let trackers = try run("trackers")
        #expect(trackers.output.contains(#"latest_vcs_versions.json: {"demo": "abc"}"#), "\(trackers)")
        try write("data_tag.json", Self.tags("v2", "v3"))
        #expect(try run("export", "data_tag.json").status == 0)
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.query("SELECT tag_name FROM tag ORDER BY 1") == ["v1", "v2", "v3"])
        #expect(try run("log", "something").line == "log: 202")
        // A notification without an upload brings nothing.
        #expect(try run("export", "data_missing.json").status == 0)
        #expect(try controller.count("controller_bundles") == 2)
    }

    @Test func isRefusedUntilAnOperatorHasEnteredItsKey() throws {
        let denied = try {
            try allow("deny"); return try run("register")
        }()
        #expect(denied.line.hasPrefix("register: 401"), "\(denied)")
        try allow("enrolled-only")
        // Somebody else has the project.
        _ = try controller.enrol("OTHER", "DEMO")
        try controller.command("networks", "add", "127.0.0.0/8", "--project", "DEMO").required()
        let unknown = try run("register")
        #expect(unknown.line.hasPrefix("register: 403"), "\(unknown)")
        #expect(unknown.output.contains("controller agents expect DEMO"), "\(unknown)")
        try expectKey()
        #expect(try run("register").line.hasPrefix("register: 200"))
        try controller.command("agents", "revoke", "DEMO").required()
        #expect(try run("register").line.hasPrefix("register: 403"))
        #expect(try Files.status("\(controller.state)/spool/incoming/OTHER") == nil)
    }

    /// The account for uploads is one; the names of other agents' directories lead nowhere.
    @Test func cannotReachTheFilesOfOthers() throws {
        try allow("enrolled-only")
        try expectKey()
        _ = try run("register").required()
        try Files.makeDirectory("\(controller.state)/spool/incoming/OTHER/update/OTHER")
        try Files.write("secret".utf8, to: "\(controller.state)/spool/incoming/OTHER/update/OTHER/jira-updated.txt")
        let account = try Ran.program("id", ["-un"]).required().line
        let fetched = try Ran.program(
            "scp",
            [
                "-O", "-i", "\(home)/.ssh/id_rsa", "-P", "\(controller.sshPort)", "-F", "/dev/null", "-o",
                "UserKnownHostsFile=\(home)/.ssh/known_hosts", "-o", "BatchMode=yes",
                "\(account)@127.0.0.1:~/../OTHER/update/OTHER/jira-updated.txt", home,
            ])
        #expect(fetched.status != 0, "\(fetched)")
        #expect(try Files.status("\(home)/jira-updated.txt") == nil)
    }
}
