import Commands
import Testing

@Suite struct HelpTests {
    let sample = Sample()

    @Test(arguments: [
        ["help"], ["--help"], ["-h"], ["--log", "INFO", "--help"], ["--version", "-h", "nonsense"],
    ])
    func theProgramExplainsItself(words: [String]) async {
        #expect(await sample.run(words) == .success)
        #expect(
            sample.output == """
                agent - gather data about how software is made

                Usage: agent [COMMAND] [options]

                Without a command it gathers as the environment says.

                See the manual.

                Commands:
                  scrape  gather one project into the export directory
                  exec    run a command
                  agents  administer agents

                Options:
                  --version    show the version
                  --log LEVEL  what to log (one of DEBUG, INFO; default: INFO; setting:
                               LOG_LEVEL)
                  -h, --help   show this text

                'agent help COMMAND' tells more about a command.

                """)
        #expect(sample.errors == "")
        #expect(sample.runs.isEmpty)
    }

    @Test(arguments: [["scrape", "--help"], ["scrape", "help"], ["help", "scrape"]])
    func aCommandExplainsItself(words: [String]) async {
        #expect(await sample.run(words) == .success)
        #expect(
            sample.output == """
                agent scrape - gather one project into the export directory

                Usage: agent scrape PROJECT [MORE] [options]

                Arguments:
                  PROJECT  the project's key
                  MORE     another

                Options:
                  -o, --only STEP    only this step (one of vcs, jira; may be given several
                                     times)
                  --ssh HOST         the controller (setting: SSH_HOST)
                  -n, --limit COUNT  at most this many
                  -d, --dry-run      change nothing
                  -v, --verbose      say more
                  -h, --help         show this text

                Options of all commands:
                  --log LEVEL  what to log (one of DEBUG, INFO; default: INFO; setting:
                               LOG_LEVEL)

                Exit codes:
                  0  all is well
                  3  preflight says not now

                Examples:
                  agent scrape DEMO --only vcs
                      Gathers what version control knows about DEMO.

                """)
    }

    @Test func everyLevelHasHelp() async {
        #expect(await sample.run("help", "agents", "approve") == .success)
        #expect(
            sample.output.hasPrefix(
                "agent agents approve - accept an agent\n\nUsage: agent agents approve KEY [options]\n"))
    }

    @Test func helpForAnUnknownCommandIsAnError() async {
        #expect(await sample.run("help", "srape") == .usage)
        #expect(sample.errors.contains("Did you mean 'scrape'?"))
    }

    @Test(arguments: [20, 40, 80])
    func fillsToTheWidth(columns: Int) {
        let text = "Pseudonyms are made before anything leaves the process, and nothing else is sent at all."
        #expect(Filled.lines(text, columns: columns).allSatisfy { $0.count <= columns })
        #expect(Filled.lines(text, columns: columns).joined(separator: " ") == text)
    }
}
