import Files
import TestSupport
import Testing

/// Several sources of one project, some from its file and some from numbered settings.
@Suite struct SeveralSourcesTests {
    private let parent: TemporaryDirectory
    private let home: String

    init() throws {
        parent = try TemporaryDirectory()
        home = "\(parent.path)/home"
        let script = """
            set -e; cd "$1"; export GIT_CONFIG_GLOBAL=/dev/null; mkdir -p home/export/DEMO
            for name in one two three; do
                git init -q -b main $name; git -C $name config user.name Ann; git -C $name config user.email a@example.test
                echo 1 > $name/file; git -C $name add file; git -C $name commit -q -m "$name 1"
            done
            svnadmin create svn; svn mkdir -q -m layout "file://$1/svn/trunk"
            """
        try Ran.script(script, parent.path).required()
        let file =
            #"[{"type": "git", "name": "one", "url": "\#(parent.path)/one"}, {"type": "subversion", "name": "svn", "url": "file://\#(parent.path)/svn"}]"#
        try Files.write(file.utf8, to: "\(home)/export/DEMO/data_sources.json")
    }

    private func scrape(_ settings: [String: String] = [:], _ arguments: String...) throws -> Ran {
        var environment = ["AGENT_HOME": home, "JIRA_KEY": "DEMO", "LOG_LEVEL": "ERROR"]
        for (number, name) in [(1, "two"), (7, "three")] {
            environment["SOURCE_\(number)_TYPE"] = "git"
            environment["SOURCE_\(number)_NAME"] = name
            environment["SOURCE_\(number)_URL"] = "\(parent.path)/\(name)"
        }
        return try Ran.program(
            BuiltProgram.path("agent"), ["scrape", "DEMO"] + arguments,
            environment: environment.merging(settings) { $1 })
    }

    private func export(_ name: String) throws -> String {
        String(decoding: try Files.read("\(home)/export/DEMO/\(name)"), as: UTF8.self)
    }

    /// What the rows say of a member, in their order.
    private func values(_ table: String, _ member: String) throws -> [String] {
        try export(table).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\"")
            return parts.count > 3 && parts[1] == member ? String(parts[3]) : nil
        }
    }

    @Test func allAreGatheredInTheOrderOfTheirDefinition() throws {
        let ran = try scrape()
        #expect(ran.status == 0, "\(ran)")
        #expect(try values("data_vcs_versions.json", "repo_name") == ["one", "svn", "two", "three"])
        let trackers = try export("latest_vcs_versions.json")
        for name in ["one", "two", "three", "svn"] { #expect(trackers.contains("\"\(name)\": ")) }
        let delivered = String(decoding: try Files.read("\(home)/gathering/DEMO/data_sources.json"), as: UTF8.self)
        #expect(delivered.hasPrefix(#"[{"type": "git", "name": "one", "url": ""#))
        #expect(delivered.contains(#""name": "three""#))
        // The file is somebody's: it stays as it is.
        #expect(!(try export("data_sources.json")).contains("three"))
        let one = try scrape([:], "--source", "two")
        #expect(one.status == 0, "\(one)")
    }

    @Test func oneThatFailsLeavesTheOthersAndItsOwnCursor() throws {
        #expect(try scrape().status == 0)
        let before = try export("latest_vcs_versions.json")
        let script = """
            cd "$1"; for name in one two three; do
                echo 2 > $name/file
                git -C $name -c user.name=Ann -c user.email=a@example.test commit -q -a -m "$name 2"
            done; mv one away; mv svn gone
            """
        try Ran.script(script, parent.path).required()
        let ran = try scrape()
        #expect(ran.status == 1)
        #expect(ran.output.contains("one: failed: the Git repository"))
        #expect(ran.output.contains("svn: failed: svn info failed"))
        #expect(try values("data_vcs_versions.json", "repo_name") == ["two", "three"])
        func cursor(_ name: String, _ trackers: String) -> Substring? {
            trackers.split(separator: ",").first { $0.contains("\"\(name)\"") }?.split(separator: "\"").last {
                $0 != "}"
            }
        }
        let after = try export("latest_vcs_versions.json")
        for name in ["one", "svn"] { #expect(cursor(name, before) == cursor(name, after)) }
        for name in ["two", "three"] { #expect(cursor(name, before) != cursor(name, after)) }

        try Ran.script("cd \"$1\"; mv away one; mv gone svn", parent.path).required()
        #expect(try scrape().status == 0)
        #expect(try values("data_vcs_versions.json", "repo_name") == ["one"])
        #expect(try values("data_vcs_versions.json", "message") == [#"one 2\n"#])
    }

    @Test func aListOfOurOwnKeepsNoSourceThatIsNoLongerSet() throws {
        try Files.remove("\(home)/export/DEMO/data_sources.json")
        #expect(try scrape().status == 0)
        #expect(try export("data_sources.json").contains("three"))
        #expect(try scrape(["SOURCE_7_URL": "", "SOURCE_7_NAME": "", "SOURCE_7_TYPE": ""]).status == 0)
        #expect(!(try export("data_sources.json")).contains("three"))
    }
}
