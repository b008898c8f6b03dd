import Commands
import Testing

@Suite struct CommandTests {
    let sample = Sample()

    @Test(arguments: [
        ["scrape", "DEMO", "--only", "vcs", "--only=jira", "--dry-run", "--ssh=a=b"],
        ["--log", "DEBUG", "scrape", "--dry-run", "-o", "vcs", "-ojira", "DEMO", "--ssh", "a=b"],
        ["scrape", "-do", "vcs", "--only", "jira", "--ssh", "a=b", "--", "DEMO"],
    ])
    func acceptsTheSameLineInSeveralSpellings(words: [String]) async {
        #expect(await sample.run(words) == .success)
        #expect(sample.errors == "")
        let run = sample.runs.first
        #expect(run?.path == "agent scrape")
        #expect(run?.flags == ["dry-run"])
        #expect(run?.values["only"] == ["vcs", "jira"])
        #expect(run?.values["ssh"] == ["a=b"])
        #expect(run?.words == ["PROJECT": ["DEMO"], "MORE": []])
    }

    @Test func aCommandWithAHandlerRunsWithoutSubcommand() async {
        #expect(await sample.run() == .success)
        #expect(sample.runs.map(\.path) == ["agent"])
    }

    @Test func everythingAfterTwoDashesIsAnArgument() async {
        #expect(await sample.run("exec", "--", "help", "--help", "--", "-x") == .success)
        #expect(sample.runs.first?.words["WORD"] == ["help", "--help", "--", "-x"])
    }

    @Test func optionsNameTheSettingTheyReplace() async {
        #expect(await sample.run("--log", "DEBUG", "scrape", "DEMO", "--ssh", "-") == .success)
        #expect(
            sample.runs.first?.overrides == [
                SettingOverride(setting: "SSH_HOST", value: "-", option: "--ssh"),
                SettingOverride(setting: "LOG_LEVEL", value: "DEBUG", option: "--log"),
            ])
    }

    @Test(
        arguments: [
            (["srape"], "agent: 'agent' has no command 'srape'\nDid you mean 'scrape'? "),
            (
                ["scrape", "DEMO", "--onyl", "vcs"],
                "agent: 'agent scrape' has no option '--onyl'\nDid you mean '--only'? "
            ),
            (["scrape", "DEMO", "--quite-else"], "agent: 'agent scrape' has no option '--quite-else'\n"),
            (["scrape", "DEMO", "-x"], "agent: 'agent scrape' has no option '-x'\n"),
            (["scrape"], "agent: 'agent scrape' needs PROJECT, found nothing\n"),
            (["scrape", "A", "B", "C"], "agent: 'agent scrape' does not know what to do with 'C'\n"),
            (["scrape", "A", "--only"], "agent: option '--only' needs a value STEP, and the line ends\n"),
            (
                ["scrape", "A", "--ssh", "--dry-run"],
                "agent: option '--ssh' needs a value HOST, found '--dry-run'\n"
            ),
            (
                ["scrape", "A", "--only", "jiar"],
                "agent: option '--only' needs one of vcs, jira, found 'jiar'\nDid you mean 'jira'? "
            ),
            (["scrape", "A", "-n", "10"], "agent: option '-n' needs a whole number from 1 to 9, found '10'\n"),
            (["scrape", "A", "--dry-run=yes"], "agent: option '--dry-run' is a flag and takes no value\n"),
            (
                ["scrape", "A", "--ssh", "x", "--ssh", "y"],
                "agent: option '--ssh' is given twice, expected once\n"
            ),
            (["--version", "scrape", "A"], "agent: option '--version' is not one of 'agent scrape'\n"),
            (["agents"], "agent: 'agent agents' needs a command\n"),
            (["exec"], "agent: 'agent exec' needs WORD, found nothing\n"),
            (["a\u{1b}[31mb"], "agent: 'agent' has no command 'a?[31mb'\n"),
        ] as [([String], String)])
    func refusesWithAReasonAndStatusTwo(words: [String], message: String) async {
        #expect(await sample.run(words) == .usage)
        #expect(sample.errors.hasPrefix(message), "\(sample.errors)")
        #expect(sample.errors.hasSuffix("--help' lists what there is.\n"))
        #expect(sample.output == "")
        #expect(sample.runs.isEmpty)
    }

    @Test func reportsAFailureWithItsAdviceAndStatus() async {
        #expect(await sample.run("agents", "fail") == .tryLater)
        #expect(sample.errors == "agent agents fail: the weather is bad\nWait for the sun.\n")
    }

    @Test(arguments: [
        ("scrpe", "scrape"), ("SCRAPE", "scrape"), ("scr", "scrape"), ("epxort", "export"), ("xyz", nil), ("", nil),
        ("a", nil),
    ])
    func suggestsTheNearestName(found: String, expected: String?) {
        #expect(Spelling.nearest(to: found, among: ["run", "scrape", "export"]) == expected)
    }
}
