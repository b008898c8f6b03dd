import Gathering
import Testing

@Suite struct SprintCalendarTests {
    private static let json = """
        [{"id": "1", "start_date": "2024-01-01 00:00:00", "end_date": "2024-03-01 00:00:00"},
         {"id": 2, "start_date": "2024-01-10 00:00:00", "end_date": "2024-01-12 00:00:00", "name": "x"},
         {"id": "3", "start_date": "2024-01-20 00:00:00", "end_date": "2024-01-22 00:00:00"},
         {"id": "4", "name": "Future"}, {"id": "5", "start_date": "soon", "end_date": "2024-01-22 00:00:00"}]
        """

    @Test(arguments: [
        ("2024-01-01 00:00:00", "1"), ("2024-01-11 00:00:00", "2"), ("2024-01-15 00:00:00", "1"),
        ("2024-01-21 00:00:00", "3"),
        ("2024-01-25 00:00:00", "1"), ("2024-03-01 00:00:00", "1"), ("2024-03-01 00:00:01", "0"),
        ("2023-12-31 00:00:00", "0"),
    ])
    func findsTheSprintThatStartedLast(date: String, sprint: String) throws {
        #expect(try SprintCalendar(json: Array(Self.json.utf8)).sprint(at: date) == sprint)
    }

    @Test func withoutDataThereIsNone() { #expect(SprintCalendar.empty.sprint(at: "2024-01-01 00:00:00") == "0") }
}
