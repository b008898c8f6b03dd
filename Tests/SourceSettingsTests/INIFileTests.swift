import Configuration
import Files
import SourceSettings
import TestSupport
import Testing

@Suite struct INIFileTests {
    private func parse(_ text: String) -> INIFile { INIFile(Array(text.utf8), path: "x.cfg") }

    @Test func readsTheDialect() {
        let file = parse(
            """
            # comment
            [One]
            Name = value with = and : and # inside
            other: x
            empty =
              ; an indented comment
            many = first
                second

                third
            # a comment between

            last=1\r
            [two] ; of another kind
            name=2
            """)
        #expect(file.faults == [])
        #expect(file.sections.map(\.name) == ["One", "two"])
        #expect(file.value("One", "NAME")?.value == "value with = and : and # inside")
        #expect(file.value("One", "other")?.value == "x")
        #expect(file.value("One", "empty")?.value == "")
        #expect(file.value("One", "many")?.value == "first\nsecond\n\nthird")
        #expect(file.value("One", "last")?.value == "1")
        #expect(file.value("One", "last")?.line == 13)
        #expect(file.value("two", "name")?.value == "2")
        #expect(file.value("one", "name") == nil)
        #expect(file.value("two", "last") == nil)
    }

    @Test func defaultsCountInEverySection() {
        let file = parse("[DEFAULT]\na=1\nb=2\n[x]\nb=3\n[y]\n")
        #expect(file.sections.map(\.name) == ["x", "y"])
        #expect(file.options("x")?.map(\.value) == ["3", "1"])
        #expect(file.value("y", "b")?.value == "2")
        #expect(file.options("z") == nil)
    }

    @Test(arguments: [
        ("a=1", "x.cfg:1: expected [SECTION] before the first option"),
        ("[s]\nword", "x.cfg:2: expected NAME = VALUE, found no '=' and no ':'"),
        ("[s]\n= 1", "x.cfg:2: expected a name before '='"),
        ("[s]\na=1\nA: 2", "x.cfg:3: option a occurs a second time in the section"),
        ("[s]\n[t]\n[s]", "x.cfg:3: section [s] occurs a second time"),
        ("[]", "x.cfg:1: expected [SECTION]"),
        ("[s", "x.cfg:1: expected [SECTION]"),
        ("[s] t", "x.cfg:1: expected nothing after [SECTION]"),
    ])
    func refusesWhatIsNotOfTheDialect(text: String, fault: String) {
        #expect(parse(text).faults.map(\.description) == [fault])
    }

    @Test func aMissingFileIsEmptyAndADamagedOneAnError() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/credentials.cfg"
        #expect(try INIFile(path: path).sections == [])
        try Files.write(Array("[a]\nhunter2\n[b\n".utf8), to: path)
        do throws(ConfigurationError) {
            _ = try INIFile(path: path)
            Issue.record("read a damaged file")
        } catch {
            #expect(error.faults.count == 2)
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test func readsWhatTheWebPageOfTheReferenceWrites() throws {
        let credentials = CredentialsFile(
            parse(
                """
                [git.example:8080]
                type = git
                env = SOURCE_0_CREDENTIALS_ENV
                username = agent
                password = -
                tfs =
                unsafe_hosts = false
                skip_stats = true

                [ci.example]
                type = jenkins
                usrname = x
                """))
        let section = credentials.section("git.example:8080")
        #expect(section.value("env") == "SOURCE_0_CREDENTIALS_ENV")
        #expect(section.secret("password") == nil)
        #expect(section.raw("password") == "-")
        #expect(!section.isSet("unsafe_hosts"))
        #expect(section.isSet("skip_stats"))
        #expect(!credentials.section("git.example").isSet("username"))
        #expect(credentials.variables == ["SOURCE_0_CREDENTIALS_ENV"])
        #expect(credentials.warnings == ["x.cfg:12: usrname is no known option; did you mean username?"])
    }

    @Test func settingsTakeThePlaceOfVariables() {
        let file = parse(
            "[ssh]\nusername = agent-ABC\nhost = controller.example\ncert = certs/c.crt\n[projects]\nabc = Long name\ndef = -\n"
                + "[quality-time]\nname = q\nname.ABC = special\nurl = -\n")
        let settings = ReferenceSettings(file)
        #expect(
            settings.assignments.map { "\($0.name)=\($0.value) \($0.origin)" } == [
                "SSH_HOST=controller.example x.cfg:3", "SSH_HTTPS_CERT=certs/c.crt x.cfg:4",
                "SSH_USERNAME=agent-ABC x.cfg:2", "JIRA_KEY=ABC DEF x.cfg:6",
            ])
        #expect(settings.value("projects", "ABC") == "Long name")
        #expect(settings.value("projects", "DEF") == nil)
        #expect(settings.value("quality-time", "name", project: "ABC") == "special")
        #expect(settings.value("quality-time", "name", project: "DEF") == "q")
        #expect(settings.value("quality-time", "url") == nil)
    }
}
