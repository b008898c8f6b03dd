import Configuration
import Testing

@Suite struct EnvironmentFileTests {
    private func parse(_ text: String) -> EnvironmentFile { EnvironmentFile(Array(text.utf8), path: "/home/env") }

    @Test func readsAssignmentsCommentsAndQuotes() {
        let file = parse(
            """
            # a comment
              # another

            A=1
              JIRA_KEY="ABC DEF"\u{20}
            PASSWORD='a$b"c`d'
            WORDS=two words
            EQUALS=a=b==
            EMPTY=
            QUOTED_EMPTY=''
            DOLLAR=100$
            lower=x#y
            WINDOWS=yes\r
            """)
        #expect(file.faults == [])
        #expect(
            file.assignments.map { "\($0.line) \($0.name)|\($0.value)" } == [
                "4 A|1", "5 JIRA_KEY|ABC DEF", "6 PASSWORD|a$b\"c`d", "7 WORDS|two words", "8 EQUALS|a=b==", "9 EMPTY|",
                "10 QUOTED_EMPTY|", "11 DOLLAR|100$", "12 lower|x#y", "13 WINDOWS|yes",
            ])
    }

    @Test(
        arguments: [
            ("export A=1", "expected NAME=value without 'export': this is no shell script"),
            ("A", "expected NAME=value, found no '='"),
            ("echo hello", "expected NAME=value, found no '='"),
            ("A =1", "expected no blank before '='"),
            ("A= 1", "expected the value of A right after '=', or in quotes"),
            ("=1", "expected a name of ASCII letters, digits and underscores before '='"),
            ("1A=1", "expected a name of ASCII letters, digits and underscores before '='"),
            ("A-B=1", "expected a name of ASCII letters, digits and underscores before '='"),
            ("Ä=1", "expected a name of ASCII letters, digits and underscores before '='"),
            ("A=\"x", "the value of A begins with \", so expected \" at the end of the line"),
            ("A=\"", "the value of A begins with \", so expected \" at the end of the line"),
            ("A='x' # why", "the value of A begins with ', so expected ' at the end of the line"),
            ("A='x'y'", "the value of A has ' inside: use the other kind of quotes around it"),
            ("A=x\"y", "the value of A has a quote inside: put the other kind of quotes around the whole value"),
            ("A=x # why", "the value of A has ' #' inside: put it in quotes"),
            ("A=x\u{1b}y", "the value of A has a control character"),
            ("A=x\ty", "the value of A has a control character"),
        ]
            + ["A=$HOME", "A=\"${B}\"", "A=x$(id)", "A=`id`"].map {
                (
                    $0,
                    "the value of A looks like something to expand, which is not done: put it in single quotes to mean it as it stands"
                )
            })
    func refusesWhatAShellWouldSeeOtherwise(line: String, problem: String) {
        let file = parse("OK=1\n\(line)\nFINE=2\n")
        #expect(file.faults == [ConfigurationFault(.malformedLine, "/home/env:2", problem)])
        #expect(file.assignments.map(\.name) == ["OK", "FINE"])
    }

    @Test func refusesANameSetTwiceAndOtherEncodings() {
        let file = EnvironmentFile(Array("A=1\nB=2\nA=1\n".utf8) + [0x43, 0x3d, 0xff, 0x0a], path: "env")
        #expect(
            file.faults == [
                ConfigurationFault(.duplicate, "env:3", "A is set a second time, first in line 1"),
                ConfigurationFault(.malformedLine, "env:4", "expected UTF-8"),
            ])
    }

    @Test func tellsNoValueOfALineItRefuses() {
        let file = parse("hunter2\nPASSWORD=\"hunter2\nTOKEN=$hunter2\n")
        #expect(file.faults.count == 3)
        #expect(!file.faults.contains { $0.description.contains("hunter2") })
    }
}
