import ForgeTestSupport
import Gathering
import REST
import Registries
import RegistryDefinitions
import Tables
import TestSupport
import Testing
import Timestamps

@Suite(.timeLimit(.minutes(15))) struct RegistryTests {
    private static let numbers = #""parameter": "page", "size_parameter": "size", "size": 10"#
    private static let offsets = #""parameter": "offset", "size_parameter": "size", "size": 10"#

    static let pagings = [
        #""path": "all", "records": "data.items""#,
        #""path": "links", "paging": {"kind": "link"}"#,
        #""path": "inside", "paging": {"kind": "link", "next": "links.next"}, "records": "rows""#,
        #""path": "pages", "paging": {"kind": "page", \#(numbers)}, "records": "items", "total": "total""#,
        #""path": "pages", "paging": {"kind": "page", \#(numbers)}, "records": "items""#,
        #""path": "offsets", "paging": {"kind": "offset", \#(offsets)}, "records": "objects", "total": "meta.total_count""#,
        #""path": "offsets", "paging": {"kind": "offset", \#(offsets)}, "records": "objects""#,
        #""path": "cursors", "paging": {"kind": "cursor", "parameter": "after", "next": "next"}, "records": "rows""#,
    ]

    @Test(arguments: pagings, [0, 1, 10, 47]) func readsEveryRecordOnce(resource: String, count: Int) async throws {
        let registry = try TestRegistry(count)
        let gathered = try Gathered()
        try await gathered.gather(registry.source(resource: resource))
        #expect(gathered.rows("rest_line").map { $0["id"] } == (0..<count).map { "\($0 + 1)" })
        #expect(gathered.report.gaps.isEmpty)
        #expect(gathered.report.coverage.first?.count == count)
    }

    @Test(arguments: pagings.dropFirst(3).prefix(4))
    func stepsByWhatComesWhereTheServerGivesLess(resource: String) async throws {
        let registry = try TestRegistry(23)
        try await registry.set("cap=5&nopage=1")
        let gathered = try Gathered()
        try await gathered.gather(registry.source(resource: resource))
        #expect(gathered.rows("rest_line").count == 23)
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test(arguments: [
        ("basic", #"{"kind": "basic"}"#), ("bearer", #"{"kind": "bearer"}"#),
        ("header", #"{"kind": "header", "name": "Authorization", "value": "ApiKey {user}:{token}"}"#),
        ("none", #"{"kind": "none"}"#),
    ])
    func logsInWithEachRequest(login: String, member: String) async throws {
        let registry = try TestRegistry(3)
        let gathered = try Gathered()
        try await gathered.gather(registry.source(login, member, resource: Self.pagings[0]))
        #expect(gathered.rows("rest_line").count == 3)
    }

    private static let form =
        #"{"kind": "form", "path": "login", "user_field": "user", "password_field": "pass", "reads_page": true}"#

    private static let formResource =
        #""path": "form/pages", "paging": {"kind": "page", \#(numbers)}, "records": "items", "total": "total""#

    @Test(arguments: ["", "page=1"]) func logsInByFormAndAgainWhenTheSessionEnds(fault: String) async throws {
        let registry = try TestRegistry(35)
        try await registry.set("hidden=1&life=2&\(fault)")
        let gathered = try Gathered()
        try await gathered.gather(registry.source("form", Self.form, resource: Self.formResource))
        #expect(gathered.rows("rest_line").count == 35)
        #expect(gathered.report.gaps.isEmpty)
        #expect(try await registry.requests().count { $0.hasPrefix("POST") } == 2)
    }

    @Test func saysWhichLoginWasRefused() async throws {
        let registry = try TestRegistry(1)
        let gathered = try Gathered()
        let wrong = """
            {"base": "https://registry.example/", "login": \(Self.form),
             "resources": [{\(Self.formResource), "key": "id", "table": "rest_line", "fields": {"name": "name"}}]}
            """
        let error = try #require(
            await #expect(throws: RegistryError.self) {
                try await gathered.gather(registry.source(below: "api/", wrong, password: "wrong"))
            })
        #expect(error.code == .loginRefused)
        #expect(!"\(error)".contains("wrong"))
        #expect(error.advice.contains("Lines") && error.advice.contains("lines.json"))
        let refused = try #require(
            await #expect(throws: RESTError.self) {
                try await gathered.gather(registry.source("bearer", "", resource: Self.pagings[0]))
            })
        #expect(refused.code == .unauthorised)
    }

    @Test func takesValuesAsTheirColumnsWantThem() async throws {
        let registry = try TestRegistry(2)
        let gathered = try Gathered()
        let fields = """
            "name": "name", "score": {"path": "score", "type": "decimal"}, "public": {"path": "public", "type": "boolean"},
            "updated": {"path": "updated", "type": "date"}, "owner": {"path": "owner.email", "personal": true},
            "missing": "owner.name", "tags": "tags", "authors": "authors[*].name", "first": "authors[0].name",
            "number": {"path": "id", "type": "integer"}
            """
        try await gathered.gather(registry.source(resource: Self.pagings[0], fields: fields))
        let row = try #require(gathered.rows("rest_line").first)
        #expect(row["updated"] == (APIDate("2024-01-02T08:00:00Z")?.moment.local))
        #expect(
            row.filter { $0.key != "updated" } == [
                "source": "Lines", "id": "1", "name": "Línea 1", "score": "0.25", "public": "0", "number": "1",
                "owner": "person1@registry.example", "tags": "a, b", "authors": "Ann, Bob", "first": "Ann",
                "encrypted": "0",
            ])
        let table = try registry.source(resource: Self.pagings[0], fields: fields).tables[0]
        #expect(table.columns.filter(\.isPersonal).map(\.name) == ["owner"])
    }

    @Test func asksForDetailsOfEachRecord() async throws {
        let registry = try TestRegistry(9)
        let gathered = try Gathered()
        let source = try registry.source(
            resource: #""path": "bare", "detail": "one/{key}""#, fields: #""name": "line.name""#, key: "$")
        try await gathered.gather(source)
        #expect(gathered.rows("rest_line").map { $0["name"] } == (1...9).map { "Línea \($0)" })
        try await registry.set("gone=4")
        try await gathered.gather(source)
        #expect(gathered.rows("rest_line").count == 8)
        #expect(gathered.report.gaps == ["1 records of page 1 are listed but not there"])
    }

    @Test func asksForWhatChangedOnceItWasReadWhole() async throws {
        let registry = try TestRegistry(30)
        let gathered = try Gathered()
        let resource = Self.pagings[0] + #", "changed_since": {"parameter": "since", "form": "date"}"#
        try await gathered.gather(registry.source(resource: resource))
        #expect(gathered.rows("rest_line").count == 30)
        _ = try await registry.requests()
        try await gathered.gather(registry.source(resource: resource))
        #expect(gathered.rows("rest_line").isEmpty)
        #expect(try await registry.requests().first?.contains("?since=20") == true)
        // Another definition may want what was not asked for before.
        try await gathered.gather(registry.source(resource: resource, fields: #""title": "name""#))
        #expect(gathered.rows("rest_line").count == 30)
    }

    @Test func keepsItsCursorWhereSomethingIsMissing() async throws {
        let registry = try TestRegistry(12)
        let gathered = try Gathered()
        let more = #", {"path": "links", "key": "id", "table": "rest_other", "fields": {"name": "name"}}"#
        try await registry.set("error=links")
        try await gathered.gather(registry.source(resource: Self.pagings[0], more: more))
        #expect(gathered.rows("rest_line").count == 12)
        #expect(gathered.report.gaps.count == 1 && gathered.report.cursors.isEmpty)
        try await registry.set("more=3")
        try await gathered.gather(registry.source(resource: Self.pagings[3]))
        #expect(gathered.report.gaps == ["the server has 15 records, found 12"])
    }

    @Test(arguments: [
        ("stuck=1&nototal=1", 3, "only records of pages before"), ("circle=1", 2, "read before"),
    ])
    func endsWhereAListLeadsInCircles(fault: String, paging: Int, gap: String) async throws {
        let registry = try TestRegistry(30)
        try await registry.set(fault)
        let gathered = try Gathered()
        try await gathered.gather(registry.source(resource: Self.pagings[paging]))
        #expect(gathered.report.gaps.count == 1 && gathered.report.gaps[0].contains(gap))
        #expect(gathered.report.cursors.isEmpty)
    }

    @Test func tellsWhatIsNotAsTheDefinitionSays() async throws {
        let registry = try TestRegistry(30)
        let gathered = try Gathered()
        try await gathered.gather(
            registry.source(
                resource: #""path": "odd""#, fields: #""name": "name", "score": {"path": "score", "type": "decimal"}"#))
        #expect(
            gathered.report.gaps == [
                "1 records of page 1 have nothing at id to identify them by",
                "name: expected a text, a number or a list of them at name, found an object",
                "score: expected a number at score, found a text",
            ])
        let error = try #require(
            await #expect(throws: RegistryError.self) {
                try await gathered.gather(registry.source(resource: #""path": "all", "records": "data""#))
            })
        #expect(error.problem == "expected a list of records at data, found an object")
        try await registry.set("foreign=1")
        let foreign = try #require(
            await #expect(throws: RESTError.self) {
                try await gathered.gather(registry.source(resource: Self.pagings[1]))
            })
        #expect(foreign.code == .foreignAddress)
    }
}
