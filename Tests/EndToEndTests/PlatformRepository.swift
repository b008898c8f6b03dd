import Files
import ForgeTestSupport
import TestSupport
import Testing

/// A repository at the test server of a hosting platform, gathered by the real `agent scrape`.
struct PlatformRepository: Sendable, CustomTestStringConvertible {
    let platform: PlatformServer.Platform
    let type: String
    let options: String
    /// Of the repository, behind the server's address.
    let path: String

    var testDescription: String { type }

    /// A directory with a repository of three commits, `served.git`, for the server's option `git`.
    static func served() throws -> TemporaryDirectory {
        let parent = try TemporaryDirectory()
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
        return parent
    }

    /// Runs `agent scrape` to its end or until it is killed; its exit status.
    func scrape(_ server: PlatformServer, home: String, zone: String = "Europe/Amsterdam") throws -> Int32 {
        try Files.makeDirectory(home)
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": zone, "AGENT_HOME": home, "JIRA_KEY": "DEMO",
            "LOG_LEVEL": "ERROR", "SOURCE_1_TYPE": type, "SOURCE_1_NAME": "Repo",
            "SOURCE_1_URL": "\(server.address)/\(path)", "SOURCE_1_TOKEN": "secret", "RATE_LIMIT_SHARE": "1",
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
    static func export(of home: String) -> String {
        Shell.run("cd \"$1/export/DEMO\" && tail -n +1 $(ls | grep -v answers)", home).output
    }
}
