import Configuration
import ControllerAPI
import Files
import ForgeTestSupport
import Gathering
import JSONValues
import RegistryDefinitions
import SourceSettings
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct DefinitionTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    private static let least =
        #"{"base": "https://r.example/", "resources": [{"path": "a", "key": "id", "table": "rest_a", "fields": {"name": "name"}}]}"#

    /// The least definition with something in it replaced.
    private static func changed(_ part: String, _ other: String) -> String {
        precondition(!least.ranges(of: part).isEmpty)
        var text = least
        text.replaceSubrange(least.ranges(of: part)[0], with: other)
        return text
    }

    private static func resource(_ members: String) -> String { changed(#""path": "a""#, #""path": "a", \#(members)"#) }
    private static func login(_ login: String) -> String {
        changed(#""resources""#, #""login": \#(login), "resources""#)
    }

    static let good = [
        least, changed("https://r.example/", "https://r.example:8443/ctx"),
        changed(#""base": "https:"#, #""plain_http": true, "base": "http:"#),
        changed(#""name": "name""#, #""name": {"path": "$.a[0].b", "type": "integer", "personal": false}"#),
        changed(#""name": "name""#, #""name": {"path": "$", "personal": true}"#),
        changed(#""key": "id""#, #""key": """#),
        changed(#""name": "name""#, #""name": "fields[name=Batch no. 1].value""#),
        changed(#""name": "name""#, #""name": "[id=5]""#),
        resource(#""changed_since": {"parameter": "since", "operator": ">="}"#),
        login(#"{"kind": "none"}"#), login(#"{"kind": "basic", "user_variable": "R_USER"}"#),
        login(#"{"kind": "bearer"}"#),
        login(#"{"kind": "header", "name": "X-Key"}"#),
        login(#"{"kind": "form", "path": "login", "fields": {"a": 1}}"#),
        resource(#""paging": {"kind": "link"}"#), resource(#""paging": {"kind": "link", "next": "next"}"#),
        resource(#""paging": {"kind": "page", "parameter": "p"}"#),
        resource(#""paging": {"kind": "offset", "parameter": "o", "size_parameter": "n", "size": 50, "first": 1}"#),
        resource(#""paging": {"kind": "cursor", "parameter": "c", "next": "meta.cursor"}"#),
        resource(#""detail": "a/{key}", "personal_key": true, "total": "n", "records": "[0].rows""#),
        resource(#""changed_since": {"parameter": "since", "form": "seconds"}, "parameters": {"a": true, "b": 1.5}"#),
        changed(#""resources""#, #""$schema": "x", "headers": {"Accept-Language": "en"}, "resources""#),
    ]

    static let bad = [
        "[]", "{}", changed("https://r.example/", "r.example"), changed("https:", "http:"), changed("https:", "ftp:"),
        changed("https://r.example/", "https://user:word@r.example/"),
        changed("https://r.example/", "https://r.example/?a=b"),
        changed(#""base""#, #""bass""#), changed(#""key": "id", "#, ""), changed(#""key": "id""#, #""key": 1"#),
        changed(#""key": "id""#, #""key": "a..b""#), changed("rest_a", "a"), changed("rest_a", "rest_A"),
        changed("rest_a", "rest_"),
        changed(#""name": "name""#, ""), changed(#""name": "name""#, #""id": "name""#),
        changed(#""name": "name""#, #""Name": "name""#),
        changed(#""name": "name""#, #""run": "name""#), changed(#""name": "name""#, #""name": 5"#),
        changed(#""name": "name""#, #""name": {"type": "text"}"#),
        changed(#""name": "name""#, #""name": {"path": "a[b]"}"#),
        changed(#""name": "name""#, #""name": "a[=b]""#), changed(#""name": "name""#, #""name": "a[b=]""#),
        changed(#""name": "name""#, #""name": "a[b=[c]]""#),
        resource(#""changed_since": {"parameter": "since", "operator": ""}"#),
        resource(#""changed_since": {"parameter": "since", "operator": 1}"#),
        changed(#""name": "name""#, #""name": {"path": "a", "type": "number"}"#),
        changed(#""name": "name""#, #""name": {"path": "a", "type": "integer", "personal": true}"#),
        changed(#""path": "a""#, #""path": "/a""#), changed(#""path": "a""#, #""path": "https://other.example/""#),
        login(#""basic""#), login(#"{"kind": "cookie"}"#), login(#"{"kind": "basic", "user": "me"}"#),
        login(#"{"kind": "basic", "password_variable": "not a name"}"#), login(#"{"kind": "header"}"#),
        login(#"{"kind": "header", "name": "X", "value": "s3cret"}"#), login(#"{"kind": "form"}"#),
        resource(#""paging": "page""#), resource(#""paging": {"kind": "pages"}"#),
        resource(#""paging": {"kind": "page"}"#),
        resource(#""paging": {"kind": "page", "parameter": "p", "size": 10}"#),
        resource(#""paging": {"kind": "page", "parameter": "p", "size": 0, "size_parameter": "n"}"#),
        resource(#""paging": {"kind": "cursor", "parameter": "c"}"#),
        resource(#""paging": {"kind": "link", "parameter": "p"}"#),
        resource(#""detail": "a""#), resource(#""changed_since": {"form": "date"}"#),
        resource(#""changed_since": {"parameter": "s", "form": "iso"}"#), resource(#""parameters": {"a": []}"#),
        resource(#""personal_key": "yes""#), resource(#""colour": "red""#),
        changed(#""resources""#, #""headers": {"AUTHORIZATION": "x"}, "resources""#),
        #"{"base": "https://r.example/", "resources": []}"#,
    ]

    private static func isGood(_ text: String) -> Bool {
        do {
            _ = try RegistryDefinition(Array(text.utf8), path: "r.json")
            return true
        } catch { return false }
    }

    @Test(arguments: good) func takesADefinition(text: String) throws {
        _ = try RegistryDefinition(Array(text.utf8), path: "r.json")
    }

    @Test(arguments: bad) func refusesADefinition(text: String) { #expect(!Self.isGood(text)) }

    @Test func judgesAsThePublishedSchemaDoes() throws {
        let directory = try TemporaryDirectory()
        let list = "\(directory.path)/list.json"
        try Files.write(Array("[\((Self.good + Self.bad).joined(separator: ","))]".utf8), to: list)
        let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/schema-check.py"
        let verdicts = try Peer.run(
            "python3", ["-W", "ignore", script, "\(Self.root)/Documentation/rest-tracker.schema.json", list]
        ).split(separator: "\n").map { $0 == "good" }
        #expect(verdicts.count == Self.good.count + Self.bad.count)
        for (text, verdict) in zip(Self.good + Self.bad, verdicts) { #expect(verdict == Self.isGood(text), "\(text)") }
    }

    @Test func tellsAllFaultsAtOnceWithPlaceAndMend() throws {
        let text =
            #"{"base": "http://r.example/", "resorces": [], "resources": [{"path": "/a", "tabel": "rest_a", "fields": {"a": {"path": "x", "type": "int"}}}]}"#
        let error = try #require(throws: ConfigurationError.self) {
            _ = try RegistryDefinition(Array(text.utf8), path: "r.json")
        }
        let found = error.faults.map(\.description)
        let places = [
            "$.resorces", "$.base", "$.resources[0].tabel", "$.resources[0].path", "$.resources[0].key",
            "$.resources[0].table", "$.resources[0].fields.a.type",
        ]
        #expect(found.count == places.count)
        for (line, place) in zip(found, places) { #expect(line.hasPrefix("r.json at \(place): expected ")) }
        #expect(found[0].hasSuffix("did you mean resources?") && found[2].hasSuffix("did you mean table?"))
        #expect(found[4].contains("add \"key\""))
        let broken = try #require(throws: ConfigurationError.self) {
            _ = try RegistryDefinition(Array("{".utf8), path: "r.json")
        }
        #expect(broken.faults.count == 1)
    }

    @Test func theTwoExamplesGatherWhatTheySay() async throws {
        let registry = try TestRegistry(1)
        let gathered = try Gathered()
        func definition(_ name: String) throws -> String {
            String(decoding: try Files.read("\(Self.root)/Documentation/examples/\(name).json"), as: UTF8.self)
        }
        try await gathered.gather(registry.source(below: "hpscreg/", definition("hpscreg")))
        #expect(gathered.report.gaps.isEmpty)
        let lines = gathered.rows("rest_cell_line_registered")
        #expect(lines.map { $0["id"] } == ["AAAi001-A", "BBBe002-B"])
        #expect(lines.first?["is_public"] == "1" && lines.first?["contact"] == "keeper@registry.example")
        try await gathered.gather(registry.source(below: "inventory/", definition("inventory")))
        #expect(gathered.report.gaps.isEmpty)
        let stock = gathered.rows("rest_cell_line_stocked")
        #expect(stock.count == 150 && stock.first?["batches"] == "P1, P2" && stock.first?["available"] == "1")
        try await gathered.gather(registry.source(below: "inventory/", definition("inventory")))
        #expect(try await registry.requests().last?.contains("modified__gte=20") == true)
    }

    @Test func findsItsLoginInTheVariablesThatItNames() throws {
        let home = try TemporaryDirectory()
        try Files.makeDirectory("\(home.path)/config")
        let text = Self.login(
            #"{"kind": "basic", "user_variable": "REGISTRY_USER", "password_variable": "REGISTRY_PASS"}"#)
        try Files.write(Array(text.utf8), to: "\(home.path)/config/r.json")
        var environment = [
            "AGENT_HOME": home.path, "JIRA_KEY": "DEMO", "SOURCE_1_TYPE": "rest",
            "SOURCE_1_DEFINITION": "config/r.json", "SOURCE_1_NAME": "Registry",
        ]
        let error = try #require(throws: ConfigurationError.self) { _ = try AgentSetup(environment: environment) }
        #expect(error.faults.count == 2 && error.faults[1].description.contains("REGISTRY_PASS"))
        environment["REGISTRY_USER"] = "reader"
        environment["REGISTRY_PASS"] = "s3cret"
        let setup = try AgentSetup(environment: environment)
        let source = try #require(setup.sources(of: .init("DEMO"), file: nil, path: "").definitions.first)
        #expect(source.url == "https://r.example/" && source.options.password?.revealed == "s3cret")
        #expect(source.options.registry?.resources.count == 1)
        // The same in a file, where other unknown names are faults.
        environment["REGISTRY_PASS"] = nil
        try Files.write(Array("REGISTRY_PASS=other\n".utf8), to: "\(home.path)/env", permissions: 0o600)
        let again = try AgentSetup(environment: environment).sources(of: .init("DEMO"), file: nil, path: "")
        #expect(again.definitions.first?.options.password?.revealed == "other")
    }
}
