import Configuration
import Files
import ForgeTestSupport
import Gathering
import Seats
import TestSupport
import Testing

@Suite struct SeatTests {
    private static let plan =
        #"{"sheet": "Plan", "filename": "plans/forecast-%Y-%m.xlsx", "projects": {"Alpha & Ü": ["DEMO", "B", "C"], "Beta": "DEMO", "Other": "B"}, "prefixes": ["Project "], "ignore": ["Total"]}"#

    /// January to April 2024, as days since the end of 1899.
    private static let months = "[null, 45292, 45323, 45352, 45383]"

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Files.makeDirectory("\(directory.path)/plans")
    }

    private func write(_ name: String, _ rows: String) throws {
        let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/workbook.py"
        let result = Shell.run(
            "printf '%s' \"$1\" | python3 \"$2\" \"$3\"", rows, script, "\(directory.path)/plans/\(name)")
        #expect(result.status == 0)
    }

    private func gather(_ plan: String = Self.plan, patterns: [String] = ["plans/*.xls*"]) async throws -> Gathered {
        let gathered = try Gathered()
        try await gathered.gather(
            SeatSource(
                SeatSettings(
                    plan: SeatPlan(Array(plan.utf8), path: "seats.json"), project: "DEMO", directory: directory.path,
                    patterns: patterns)))
        return gathered
    }

    @Test func countsThePartOfEachTeamUpToTheForecast() async throws {
        try write(
            "forecast-2024-03.xlsx",
            #"[\#(Self.months), ["Project Alpha & Ü", 7, 8, 9, 99], [null, 5], ["Beta", 2.5, "none", {"inline": "3"}, 1], ["Someone", 1], ["Other", 4, 4, 4], ["Total all", 1], ["Alpha & Ü", 1, 1, 1]]"#
        )
        let gathered = try await gather()
        #expect(gathered.rows("seats").map { $0["month"] } == ["2024-01", "2024-02", "2024-03"])
        #expect(gathered.rows("seats").map { $0["seats"] } == ["4.833333333333334", "2.6666666666666665", "3.0"])
        #expect(gathered.report.notes == ["no project is known for the team in row 5"])
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test func laterFilesTakeThePlaceOfEarlierOnes() async throws {
        try write("forecast-2024-02.xlsx", #"[\#(Self.months), ["Beta", 1, 1, 1, 1]]"#)
        try write("forecast-2024-03.xlsx", #"[[null, 45323, 45352], ["Beta", 5, 6]]"#)
        #expect(try await gather().rows("seats").map { $0["seats"] } == ["1.0", "5.0", "6.0"])
    }

    @Test func oneFileThatCannotBeReadHidesNoOther() async throws {
        try write("forecast-2024-03.xlsx", #"[\#(Self.months), ["Beta", 1, 2, 3]]"#)
        try Files.write([0xD0, 0xCF, 0x11, 0xE0, 0], to: "\(directory.path)/plans/forecast-2024-01.xls")
        try Files.write(Array("PK nothing".utf8), to: "\(directory.path)/plans/forecast-2024-02.xlsx")
        let gathered = try await gather()
        #expect(gathered.rows("seats").count == 3)
        #expect(gathered.report.gaps.count == 2)
        #expect(gathered.report.gaps[0].contains("save it as .xlsx"))
    }

    /// As preflight asks.
    @Test func saysWhetherTheLastFileCanBeRead() async throws {
        func reach() async throws -> String? {
            try await SeatSource(
                SeatSettings(
                    plan: SeatPlan(Array(Self.plan.utf8), path: "seats.json"), project: "DEMO",
                    directory: directory.path, patterns: ["plans/*.xls*"])
            ).reach(storage: "")
        }
        await #expect(throws: (any Error).self) { _ = try await reach() }
        try write("forecast-2024-02.xlsx", #"[\#(Self.months), ["Beta", 1, 1, 1, 1]]"#)
        #expect(try await reach()?.hasPrefix("1 spreadsheet,") == true)
        try Files.write(Array("PK nothing".utf8), to: "\(directory.path)/plans/forecast-2024-03.xlsx")
        await #expect(throws: (any Error).self) { _ = try await reach() }
    }

    @Test func saysWhatIsMissing() async throws {
        try write("forecast-2024-03.xlsx", "[\(Self.months)]")
        await #expect(throws: (any Error).self) { _ = try await gather(patterns: ["none/*.xlsx"]) }
        let other = Self.plan.split(separator: "Plan").joined(separator: "Sheet9")
        #expect(try await gather(other).report.gaps.count == 1)
        let error = #expect(throws: ConfigurationError.self) {
            _ = try SeatPlan(Array(#"{"sheets": "Plan", "projects": {"A": 5, "B": []}}"#.utf8), path: "seats.json")
        }
        #expect(error?.faults.count == 3)
    }

    @Test func readsThePlanOfTheOlderAgents() throws {
        let older = """
            # how the plan is read
            sheet: Plan
            filename: plans/forecast-%Y-%m.xlsx   # with its month
            projects:
              "Alpha & Ü": [DEMO, 'B', "C"]
              Beta: DEMO
              'Other''s: team':
              - B
            prefixes:
              - "Project "
            ignore:
            - Total #1
            """
        let json =
            #"{"sheet": "Plan", "filename": "plans/forecast-%Y-%m.xlsx", "projects": {"Alpha & Ü": ["DEMO", "B", "C"], "Beta": "DEMO", "Other's: team": ["B"]}, "prefixes": ["Project "], "ignore": ["Total"]}"#
        #expect(
            try SeatPlan(Array(older.utf8), path: "seats.yml") == SeatPlan(Array(json.utf8), path: "seats.json"))
    }

    @Test func namesTheLineWhereAnOlderPlanIsNoYAML() throws {
        let error = try #require(throws: ConfigurationError.self) {
            _ = try SeatPlan(Array("sheet: Plan\nprojects:\n  A: B: C\n".utf8), path: "seats.yml")
        }
        #expect(error.faults.map(\.subject) == ["seats.yml:3"], "\(error)")
    }

    @Test func tellsTheLinesOfAllFaultsOfAnOlderPlan() throws {
        let text = "shet: Plan\nprojects:\n  A: []\n  B:\nprefixes: one\n"
        let error = try #require(throws: ConfigurationError.self) {
            _ = try SeatPlan(Array(text.utf8), path: "seats.yml")
        }
        #expect(
            Set(error.faults.map(\.subject)) == [
                "seats.yml:1", "seats.yml at $.sheet", "seats.yml:3", "seats.yml:4", "seats.yml:5",
            ])
        #expect(error.faults.contains { $0.suggestion == "sheet" })
    }
}
