/// The seats of teams by months, as the forecasts say one after the other: later ones count.
struct SeatCount {
    private let plan: SeatPlan
    /// In the order in which they came.
    private var months: [String] = []
    private var seats: [String: [String: Double]] = [:]
    private var teams: [String] = []
    /// Rows of teams that no project is known for.
    private(set) var unknownNames: [String] = []

    init(_ plan: SeatPlan) { self.plan = plan }

    static func month(_ year: Int, _ month: Int) -> String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

    /// Takes a sheet: months in the first row, a team in each other one.
    /// - Parameter forecast: the month after which nothing counts.
    mutating func add(_ sheet: [Int: [Int: CellValue]], forecast: String?) {
        var columns: [(column: Int, month: String)] = []
        for (column, cell) in (sheet[0] ?? [:]).sorted(by: { $0.key < $1.key }) where column > 0 {
            guard case .number(let serial) = cell, let month = Self.month(serial: serial) else { continue }
            if let forecast, month > forecast { break }
            columns.append((column, month))
            if !months.contains(month) { months.append(month) }
        }
        for (row, cells) in sheet.sorted(by: { $0.key < $1.key }) where row > 0 {
            guard case .text(var name)? = cells[0], !name.isEmpty else { continue }
            if plan.ignored.contains(where: { name.hasPrefix($0) }) { break }
            if let prefix = plan.prefixes.first(where: { name.hasPrefix($0) }) { name.removeFirst(prefix.count) }
            guard plan.projects[name] != nil else {
                // The name itself may be a person's.
                unknownNames.append("\(row + 1)")
                continue
            }
            if seats[name] == nil { teams.append(name) }
            for (column, month) in columns {
                let value: Double = if case .number(let number)? = cells[column] { number } else { 0 }
                seats[name, default: [:]][month] = value
            }
        }
    }

    /// What a project has in each month: its part of each team that it shares.
    func months(of project: String) -> [(month: String, seats: Double)] {
        months.compactMap { month in
            var total: Double?
            for team in teams {
                guard let keys = plan.projects[team], keys.contains(project), let value = seats[team]?[month] else {
                    continue
                }
                total = (total ?? 0) + value / Double(keys.count)
            }
            return total.map { (month, $0) }
        }
    }

    /// The month of a day by its number: 1 is the first of January 1900, and there was a 29 February that year.
    private static func month(serial: Double) -> String? {
        guard serial >= 61, serial < 2_958_466 else { return nil }
        // Days since 1 March of the year 0: the last day of a year is then the odd one.
        var days = Int(serial) - 25569 + 719_468
        let era = days / 146_097
        days -= era * 146_097
        let yearOfEra = (days - days / 1460 + days / 36524 - days / 146_096) / 365
        let dayOfYear = days - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let number = shifted < 10 ? shifted + 3 : shifted - 9
        return month(yearOfEra + era * 400 + (number <= 2 ? 1 : 0), number)
    }
}

/// What stands in a cell.
enum CellValue: Sendable, Equatable {
    case text(String)
    case number(Double)
}
