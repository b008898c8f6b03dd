import Commands
import Files
import Synchronization
import TestSupport
import Testing

/// What the shells themselves make of the scripts, and the manual's own checker of the page.
@Suite struct SelfDescriptionTests {
    private let sample = Sample()
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var program: Command {
        sample.root.describingItself(
            version: "1.2.3", sections: [.init("ENVIRONMENT", [("LOG_LEVEL", ".hidden: it's \\here - and there")])])
    }

    /// Writes what a command prints into a file.
    private func written(_ words: String...) async throws -> String {
        let path = directory.path + "/written"
        let output = Mutex("")
        let console = Console(
            output: { text in output.withLock { $0 += text } }, error: { text in Issue.record("\(text)") })
        #expect(await program.run(words, console: console) == .success)
        try Files.write(Array(output.withLock(\.self).utf8), to: path)
        return path
    }

    /// A line up to the cursor, and what may come.
    static let lines: [(line: String, offers: [String])] = [
        ("agent scr", ["scrape"]),
        ("agent agents ", ["approve", "fail"]),
        ("agent --log DEBUG agents a", ["approve"]),
        ("agent --log ", ["DEBUG", "INFO"]),
        ("agent scrape --only ", ["jira", "vcs"]),
        ("agent scrape X -o v", ["vcs"]),
        ("agent scrape --dry", ["--dry-run"]),
        ("agent completions ", ["bash", "fish", "zsh"]),
        ("agent nonsense scr", ["scrape"]),
    ]

    @Test(arguments: lines) func bashOffers(line: String, offers: [String]) async throws {
        let result = Shell.run(
            """
            set -u; source "$1"
            read -r -a COMP_WORDS <<<"$2"; [[ $2 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _agent; printf '%s\\n' "${COMPREPLY[@]}" | LC_ALL=C sort
            """, try await written("completions", "bash"), line)
        #expect(result.output.split(separator: "\n").map(String.init) == offers)
    }

    @Test func bashTakesAnEqualsSignForAWord() async throws {
        let result = Shell.run(
            """
            source "$1"; COMP_WORDS=(agent scrape --only = v); COMP_CWORD=4; _agent; echo "${COMPREPLY[@]}"
            COMP_WORDS=(agent scrape --only =); COMP_CWORD=3; _agent; echo "${COMPREPLY[@]}"
            """, try await written("completions", "bash"))
        #expect(result.output == "vcs\nvcs jira\n")
    }

    @Test(arguments: lines) func fishOffers(line: String, offers: [String]) async throws {
        let result = Shell.run(
            #"HOME=$3 fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$1" "$2" | cut -f 1 | LC_ALL=C sort"#,
            try await written("completions", "fish"), line, directory.path)
        #expect(result.output.split(separator: "\n").map(String.init) == offers)
    }

    /// The builtin that takes the offers works at a prompt only, so a function of its name stands in.
    @Test(arguments: lines) func zshOffers(line: String, offers: [String]) async throws {
        let result = Shell.run(
            #"""
            zsh -f -c '
            offer() { local each; for each; do [[ $each == "${words[CURRENT]}"* ]] && print -r -- "$each"; done }
            compadd() { shift; offer "$@" }
            _describe() { offer "${(@)entries%%:*}" }
            _message() { : }
            compdef() { : }
            source "$1"
            words=("${(@s: :)2}"); CURRENT=${#words}
            _agent | LC_ALL=C sort' zsh "$1" "$2"
            """#, try await written("completions", "zsh"), line)
        #expect(result.output.split(separator: "\n").map(String.init) == offers)
    }

    @Test func theManualPageIsOneThatManTakes() async throws {
        let page = try await written("manual")
        let lint = Shell.run(#"mandoc -T lint -W error "$1""#, page)
        #expect(lint.output == "")
        let shown = Shell.run(#"mandoc -T ascii -O width=200 "$1" | col -b"#, page).output
        for text in [
            "agent - gather data about how software is made", "agent scrape PROJECT [MORE]", "-o, --only STEP",
            "It is one of vcs, jira.", "agent agents approve KEY", ".hidden: it's \\here - and there",
            "agent scrape DEMO --only vcs", "agent completions SHELL", "Setting: SSH_HOST.", "75",
        ] {
            #expect(shown.contains(text), "\(text)")
        }
    }
}
