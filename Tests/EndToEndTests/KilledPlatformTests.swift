import Files
import ForgeTestSupport
import TestSupport
import Testing

/// An agent that is killed at any request to a hosting platform: the next one ends with the files of an undisturbed one, and
/// asks again for one page of each list at most.
@Suite(.timeLimit(.minutes(20))) struct KilledPlatformTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let platform: PlatformServer.Platform
        let type: String
        let options: String
        /// Of the repository, behind the server's address.
        let path: String

        var testDescription: String { type }
    }

    /// More than one page of some lists, and few requests otherwise.
    static let cases = [
        Case(
            platform: .gitHub, type: "github", options: "issues=130&every=50&comments=110&lines=20",
            path: "owner/näme"),
        Case(
            platform: .gitLab, type: "gitlab", options: "requests=2&events=110&issues=105&every=50",
            path: "grøup/name"),
        Case(
            platform: .azureDevOps, type: "tfs", options: "pushes=110&pulls=2&revisions=7",
            path: "tfs/Coll/Prøject/_git/Repö"),
    ]

    private let parent: TemporaryDirectory

    init() throws {
        parent = try TemporaryDirectory()
        let script = """
            set -e; cd "$1"; export GIT_CONFIG_GLOBAL=/dev/null; git init -q -b main work; cd work
            git config user.name Ann; git config user.email ann@example.test
            for i in 1 2 3; do
                echo $i > file; git add file; git commit -q -m "c$i" --date "$((1700000000 + i)) +0000"
            done
            cd ..; git clone -q --mirror work served.git
            """
        let made = Shell.run(script, parent.path)
        guard made.status == 0 else { throw Peer.Failure(description: made.output) }
    }

    /// Runs `agent scrape` to its end or until it is killed; its exit status.
    private func scrape(_ example: Case, _ server: PlatformServer, _ home: String) throws -> Int32 {
        try Files.makeDirectory(home)
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "Europe/Amsterdam", "AGENT_HOME": home, "JIRA_KEY": "DEMO",
            "LOG_LEVEL": "ERROR", "SOURCE_1_TYPE": example.type, "SOURCE_1_NAME": "Repo",
            "SOURCE_1_URL": "\(server.address)/\(example.path)", "SOURCE_1_TOKEN": "secret", "RATE_LIMIT_SHARE": "1",
        ]
        let agent = try Peer(
            "sh", ["-c", "echo $$ > \"$1/pid\"; exec \"$2\" scrape DEMO", "sh", home, BuiltProgram.path("agent")],
            environment: environment)
        let output = try agent.rest()
        let status = agent.wait()
        #expect(status == 0 || status == 128 + 9, "\(output)")
        return status
    }

    /// The files of the export, but for the mark of what is kept of answers, which is made up.
    private func export(of home: String) -> String {
        Shell.run("cd \"$1/export/DEMO\" && tail -n +1 $(ls | grep -v answers)", home).output
    }

    /// What a list or a thing is apart from its pages.
    private func resource(_ address: String) -> String {
        let parts = address.split { $0 == "?" || $0 == "&" }
        return ([parts[0]] + parts.filter { $0.hasPrefix("artifactUri=") }).joined(separator: "?")
    }

    /// Method, path and query of each.
    private func requests(to server: PlatformServer) async throws -> [String] {
        try await server.requests().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    @Test(arguments: cases)
    func theNextRunGivesTheFilesOfAnUndisturbedOne(_ example: Case) async throws {
        let homes = try TemporaryDirectory()
        let server = try PlatformServer(example.platform, example.options + "&git=\(parent.path)/served.git")
        let calm = "\(homes.path)/calm"
        #expect(try scrape(example, server, calm) == 0)
        let expected = export(of: calm)
        let total = try await requests(to: server).count
        #expect(expected.contains("data_vcs_versions.json") && total > 8)
        for place in 1...total {
            let home = "\(homes.path)/\(place)"
            let when = place.isMultiple(of: 2) ? "before" : "after"
            try await server.set("kill=\(place)&when=\(when)&pid=\(home)/pid")
            let status = try scrape(example, server, home)
            #expect(status == 128 + 9, "request \(place) of \(total)")
            let before = Set(try await requests(to: server))
            try await server.set("")
            #expect(try scrape(example, server, home) == 0)
            let difference = export(of: home).split(separator: "\n").difference(
                from: expected.split(separator: "\n"))
            #expect(difference.isEmpty, "killed \(when) \(place) of \(total): \(difference.prefix(20))")
            let again = try await requests(to: server).filter { before.contains($0) }.map(resource)
            #expect(Set(again).count == again.count, "killed \(when) \(place) of \(total): \(again)")
        }
    }
}
