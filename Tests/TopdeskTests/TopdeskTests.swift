import Configuration
import Files
import ForgeTestSupport
import Gathering
import TestSupport
import Testing
import Topdesk

@Suite struct TopdeskTests {
    private static let headers = Dictionary(
        uniqueKeysWithValues: TopdeskSource.columns.map { ($0, $0 == "close_date" ? "Geslöten" : "The \($0)") })

    private static func line(_ id: String, _ requester: String, _ description: String, pass: String) -> String {
        "\(id),\(requester),4,\"\(description)\",2024-04-22 10:00,2024-04-22 11:00,,2024-04-23 09:30,\(pass)\r\n"
    }

    private static func gather(
        _ lines: [String], whitelist: [String: String] = [:], common: String? = nil, blacklist: String? = nil,
        listedOnly: Bool = false, project: String = "DEMO"
    ) async throws -> Gathered {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/dump.csv"
        let header = TopdeskSource.columns.map { headers[$0] ?? "" }.joined(separator: ",")
        try Files.write(Array("\u{FEFF}\(header)\r\n\(lines.joined())".utf8), to: path)
        let filter = ReservationFilter(
            passes: ["demo": "77"], whitelist: whitelist, common: common, blacklist: blacklist, listedOnly: listedOnly)
        let gathered = try Gathered()
        try await gathered.gather(
            TopdeskSource(TopdeskSettings(path: path, project: project, filter: filter, headers: headers)))
        return gathered
    }

    /// As preflight asks.
    @Test func saysWhetherTheDumpCanBeRead() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/dump.csv"
        let source = TopdeskSource(
            TopdeskSettings(
                path: path, project: "DEMO",
                filter: ReservationFilter(
                    passes: ["demo": "77"], whitelist: [:], common: nil, blacklist: nil, listedOnly: false),
                headers: Self.headers))
        await #expect(throws: FileError.self) { _ = try await source.reach(storage: "") }
        let header = TopdeskSource.columns.map { Self.headers[$0] ?? "" }
        try Files.write(Array(header.joined(separator: ",").utf8), to: path)
        #expect(try await source.reach(storage: "")?.hasSuffix("has the columns") == true)
        try Files.write(Array(header.dropLast().joined(separator: ",").utf8), to: path)
        await #expect(throws: (any Error).self) { _ = try await source.reach(storage: "") }
    }

    @Test func takesTheReservationsWithThePassOfTheProject() async throws {
        let gathered = try await Self.gather([
            Self.line("1", "Ann Lee", "Sprint \"\"review\"\", 12", pass: "77"),
            Self.line("2", "", "Planning", pass: "78"),
            Self.line("3", "", "Stand-up, every\nday", pass: "77"), "4,too short\r\n",
        ])
        let rows = gathered.rows("reservations")
        #expect(rows.map { $0["reservation_id"] } == ["1", "3"])
        #expect(
            rows[0] == [
                "reservation_id": "1", "requester": "Ann Lee", "number_of_people": "4",
                "description": "Sprint \"review\", 12",
                "start_date": "2024-04-22 10:00:00", "end_date": "2024-04-22 11:00:00", "prepare_date": "0",
                "close_date": "2024-04-23 09:30:00", "encrypted": "0",
            ])
        #expect(rows[1]["description"] == "Stand-up, every\nday" && rows[1]["requester"] == "0")
        #expect(gathered.report.gaps.count == 1)
    }

    @Test(arguments: [
        ("Ann Lee", "Ann Lee birthday", false), ("Ann Lee", "Ann's review", true), ("", "Jan van den Berg", false),
        ("", "J. Jansen", false), ("", "Jan Jansen (HR)", false), ("", "Jan Jansen - Intake", false),
        ("", "Jan Jansen en Piet de Vries", false), ("", "Jan jansen", true), ("", "Jo Li", true),
        ("", "Sprint Review of the team", true), ("", "LUNCH for all", false),
    ])
    func leavesOutWhatIsPrivate(requester: String, description: String, isKept: Bool) async throws {
        let gathered = try await Self.gather([Self.line("1", requester, description, pass: "77")], blacklist: "lunch")
        #expect(gathered.rows("reservations").count == (isKept ? 1 : 0))
    }

    @Test(arguments: [
        // The own whitelist wins over another pass, and over the shape of a name.
        ("Demo Review", "78", true), ("Demo Review", "77", true),
        // That of another project takes what has our pass.
        ("other review", "77", false),
        // The common one marks and assigns to nobody.
        ("weekly", "77", true), ("weekly", "78", false), ("Jan Weekly", "77", true),
    ])
    func whitelistsAssignInTheirOrder(description: String, pass: String, isKept: Bool) async throws {
        let gathered = try await Self.gather(
            [Self.line("1", "", description, pass: pass)], whitelist: ["demo": "demo", "other": "^other"],
            common: "weekly")
        #expect(gathered.rows("reservations").count == (isKept ? 1 : 0))
    }

    @Test func takesOnlyWhatIsListedWhereThatIsAskedFor() async throws {
        let lines = [Self.line("1", "", "weekly", pass: "77"), Self.line("2", "", "planning", pass: "77")]
        #expect(try await Self.gather(lines, common: "weekly", listedOnly: true).rows("reservations").count == 1)
        #expect(try await Self.gather(lines, project: "NONE").rows("reservations").isEmpty)
    }

    private static func plan(_ sections: [(String, [(String, String)])]) throws(ConfigurationError) -> TopdeskPlan {
        var line = 0
        return try TopdeskPlan(
            sections: sections.map { name, options in
                line += 1
                return (
                    name,
                    options.map { name, value in
                        line += 1
                        return .init(name: name, value: value, line: line)
                    }
                )
            }, path: "topdesk.cfg", listedOnly: false)
    }

    @Test func tellsAllFaultsOfItsFileAtOnceWithTheirLines() throws {
        let names = TopdeskSource.columns.filter { $0 != "end_date" }.map { ($0, "The \($0)") }
        let error = try #require(throws: ConfigurationError.self) {
            _ = try Self.plan([
                ("whitelist", [("demo", "("), ("all", "[")]), ("names", names + [("end_dat", "End")]),
                ("blacklist", [("demo", "x")]), ("namez", [("a", "b")]),
            ])
        }
        let last = 4 + names.count + 1
        #expect(
            Set(error.faults.map(\.subject)) == [
                "topdesk.cfg:2", "topdesk.cfg:3", "topdesk.cfg:\(last)", "topdesk.cfg: [names]",
                "topdesk.cfg:\(last + 2)", "topdesk.cfg:\(last + 4)",
            ])
        #expect(error.faults.contains { $0.suggestion == "end_date" })
        #expect(error.faults.contains { $0.suggestion == "[names]" })
    }

    @Test func readsHeadersWithEscapedBytes() throws {
        let names = TopdeskSource.columns.map { ($0, $0 == "close_date" ? "Gesl\\xc3\\xb6ten \\x" : "The \($0)") }
        let plan = try Self.plan([("names", names + [("state", "State")]), ("projects", [("demo", "77")])])
        #expect(plan.headers["close_date"] == "Geslöten \\x")
    }
}
