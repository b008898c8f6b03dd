import Testing

@testable import Git

@Suite struct MergeMessageTests {
    @Test(
        arguments: [
            ("Merge branch 'a' into 'b'", "a"),
            ("x Merge branch 'a', Merge branch 'b'", "b"),
            ("Merge remote-tracking branch 'origin/f'", "f"),
            ("Merge remote-tracking branch 'refs/remotes/origin/f'", "f"),
            ("Merge pull request 12 from feat/x into master", "feat/x"),
            ("Merge pull request #12 from o/f", "f"),
            ("Merge pull request #12 from o/f/g\n\ntitle", "f/g"),
            ("Merged PR 12: title", nil),
            ("ABC123 merge", "ABC123"),
            ("ABC-123 merge", nil),
            ("AB123 Merge", nil),
            ("feat >master", "feat"),
            ("Merge feat > master", "feat"),
            ("Merge feat > main", nil),
            ("first line\nMerge branch 'a'", nil),
            ("preMerge branch 'a'", nil),
            ("\u{FC}Merge branch 'a'", nil),
            ("\u{2192}Merge branch '\u{FC}'", "\u{FC}"),
            ("Merge branch 'a' and preMerge branch 'b'", "a"),
            ("Merge branch 'a\nb'", nil),
            ("Merge branch ''", nil),
            ("", nil),
        ] as [(String, String?)])
    func findsTheMergedBranch(message: String, branch: String?) {
        #expect(MergeMessage.branch(in: message) == branch)
    }
}
