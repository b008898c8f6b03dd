import ControllerAPI
import Testing

@testable import Pseudonyms

@Suite struct UsernameRewriterTests {
    private static let directory = [
        UsernameRule(prefix: "CORP\\", mutate: .lower),
        UsernameRule(prefix: "%@corp.example", pattern: #"(\w+)@corp\.example"#, replace: "$1"),
        UsernameRule(prefix: "X_-"),
        UsernameRule(prefix: "svc%", pattern: #"svc-(\w+)-(\d+)"#, replace: "$2-$1"),
    ]

    @Test(arguments: [
        ("CORP\\JDoe", "jdoe"), ("corp\\JDoe", "corp\\JDoe"), ("ABCORP\\x", "ABCORP\\x"), ("jdoe@corp.example", "jdoe"),
        ("j.doe@corp.example", "j.doe"), ("XY-bob", "bob"), ("svc-build-12", "12-build"), ("Bob", "Bob"),
    ])
    func theFirstFittingRuleDecides(name: String, result: String) throws {
        #expect(try UsernameRewriter(Self.directory).rewritten(name) == result)
    }

    @Test(arguments: [
        ([UsernameRule(prefix: "AD\\", mutate: .lower)], "xAD\\Kim", "xAD\\Kim"),
        ([UsernameRule(prefix: "AD\\")], "AD\\AD\\Kim", "Kim"),
        ([UsernameRule(prefix: "EXT%", pattern: "EXT([a-z]+)", replace: "$1")], "EXTkim", "kim"),
        ([UsernameRule(prefix: "a_c")], "abcXabc", "X"),
        ([UsernameRule(prefix: "%", mutate: .lower)], "Foo", ""),
        ([UsernameRule(prefix: "A", pattern: "A(.)", replace: "$1$1")], "AbAc", "bbcc"),
        ([UsernameRule(prefix: "a.b")], "axb", "axb"),
        ([UsernameRule(prefix: "no"), UsernameRule(prefix: "n", mutate: .lower)], "nX", "x"),
    ])
    func matchesPrefixesLiterally(rules: [UsernameRule], name: String, result: String) throws {
        #expect(try UsernameRewriter(rules).rewritten(name) == result)
    }

    @Test func refusesAPatternThatIsNone() {
        #expect(throws: PseudonymError(rule: 1)) {
            try UsernameRewriter([UsernameRule(prefix: "a", pattern: "(")])
        }
    }
}
