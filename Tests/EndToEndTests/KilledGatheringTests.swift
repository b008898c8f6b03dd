import Files
import Glibc
import TestSupport
import Testing

/// An agent that is killed at any moment, and the files that the next one leaves: those of one that was not disturbed.
@Suite struct KilledGatheringTests {
    private let parent: TemporaryDirectory
    private let daemon: GitDaemon
    private let environment: [String: String]

    /// Moments spread over the time that an undisturbed run takes.
    private static let moments = 12

    init() throws {
        parent = try TemporaryDirectory()
        let script = """
            set -e; cd "$1"; export GIT_CONFIG_GLOBAL=/dev/null
            git init -q -b main work; cd work; git config user.name Ann; git config user.email ann@example.test
            for i in $(seq 1 60); do
                echo "commit refs/heads/main"; echo "committer Ann <ann@example.test> $((1500000000 + i * 60)) +0100"
                echo "data 3"; echo "c$i" | cut -c1-2; echo; echo "M 644 inline file$((i % 5)).txt"; echo "data 4"; printf "%04d\\n" $i
            done | sed 's/^data 3$/data 3/' | git fast-import --quiet
            git reset -q --hard; git tag v1; git branch side HEAD~3
            cd ..; git clone -q --mirror work served.git
            svnadmin create svn; svn mkdir -q -m layout "file://$1/svn/trunk" "file://$1/svn/tags"
            svn co -q "file://$1/svn/trunk" checkout; cd checkout
            for i in 1 2 3 4 5; do echo $i > f$i; svn add -q f$i; svn ci -q -m "r$i"; done
            """
        let made = Shell.run(script, parent.path)
        guard made.status == 0 else { throw Peer.Failure(description: made.output) }
        daemon = try GitDaemon(of: parent.path)
        environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "Europe/Amsterdam", "JIRA_KEY": "DEMO", "LOG_LEVEL": "ERROR",
            "SOURCE_1_TYPE": "git", "SOURCE_1_NAME": "fetched",
            "SOURCE_1_URL": "git://127.0.0.1:\(daemon.port)/served.git",
            "SOURCE_2_TYPE": "git", "SOURCE_2_NAME": "read in place", "SOURCE_2_URL": "\(parent.path)/served.git",
            "SOURCE_3_TYPE": "subversion", "SOURCE_3_NAME": "svn", "SOURCE_3_URL": "file://\(parent.path)/svn",
        ]
    }

    /// What happens to the repositories between two runs, one after the other.
    private static let changes = [
        // Commits, a forced push, a deleted branch, a moved tag.
        """
        cd "$1/work"; git branch -q -D side; git branch -q other; git reset -q --hard HEAD~2; echo new > new
        git add new; git commit -q -m "rewritten"; git tag -f v1 >/dev/null; git tag v2
        git push -q --mirror ../served.git; cd ../checkout; echo more > f1; svn ci -q -m more
        """,
        // Nothing but a tag.
        "cd \"$1/work\"; git tag -a -m late late HEAD~5; git push -q --mirror ../served.git",
    ]

    /// Files of the export, without those that nobody else sees and the moment at which an event was noticed.
    private func export(of home: String) -> String {
        Shell.run(
            """
            cd "$1/export/DEMO" || exit
            for f in *; do echo "== $f"; sed -E '/^ *"date": /d' "$f"; echo; done
            """, home
        ).output
    }

    private func start(in home: String) throws -> Peer {
        try Peer(
            BuiltProgram.path("agent"), ["scrape", "DEMO"],
            environment: environment.merging(["AGENT_HOME": home]) { $1 })
    }

    /// - Returns: what it took, in microseconds.
    @discardableResult
    private func run(in home: String) throws -> Int {
        let clock = ContinuousClock()
        let begin = clock.now
        let agent = try start(in: home)
        let output = try agent.rest()
        guard agent.wait() == 0 else { throw Peer.Failure(description: output) }
        return Int((clock.now - begin) / .microseconds(1))
    }

    /// Kills a run after some time, and sometimes the next one, too; then lets one come to its end. A run that was
    /// faster than expected has come to its end by itself, or had nothing left to do but to end.
    private func runDisturbed(in home: String, after microseconds: Int, twice: Bool, expecting expected: String) throws
    {
        for _ in 0..<(twice ? 2 : 1) {
            let agent = try start(in: home)
            usleep(UInt32(microseconds))
            Glibc.kill(agent.process, SIGKILL)
            if agent.wait() == 0 { return }
            let isFinished = try Files.status("\(home)/gathering/DEMO/unfinished.json") == nil
            if isFinished && export(of: home) == expected { return }
        }
        try run(in: home)
    }

    @Test func theNextRunGivesTheFilesOfAnUndisturbedOne() throws {
        let homes = try TemporaryDirectory()
        let calm = "\(homes.path)/calm"
        let disturbed = (0..<Self.moments).map { "\(homes.path)/disturbed\($0)" }
        for home in [calm] + disturbed { try Files.makeDirectory(home) }
        for change in [""] + Self.changes {
            if !change.isEmpty {
                let changed = Shell.run("set -e; export GIT_CONFIG_GLOBAL=/dev/null; " + change, parent.path)
                #expect(changed.status == 0, "\(changed.output)")
            }
            let duration = try run(in: calm)
            let expected = export(of: calm)
            #expect(expected.contains("latest_vcs_versions.json"))
            for (place, home) in disturbed.enumerated() {
                try runDisturbed(
                    in: home, after: duration * (2 * place + 1) / (2 * Self.moments), twice: place % 3 == 0,
                    expecting: expected)
                let difference = export(of: home).split(separator: "\n").difference(
                    from: expected.split(separator: "\n"))
                #expect(difference.isEmpty, "killed at \(place) of \(Self.moments): \(difference.prefix(20))")
            }
        }
    }
}
