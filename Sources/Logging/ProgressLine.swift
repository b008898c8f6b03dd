/// The words and the bar of a status line.
struct ProgressLine {
    let task: String
    let unit: String
    let done: Int
    let total: Int?
    let elapsed: Duration

    private static let barWidth = 24

    var text: String {
        guard let total, total > 0 else { return "\(task)  \(done.grouped) \(unit)  \(elapsed.clock)" }
        let share = min(max(Double(done) / Double(total), 0), 1)
        let filled = Int(share * Double(Self.barWidth))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.barWidth - filled)
        let percent = "\(Int(share * 100))%"
        let padding = String(repeating: " ", count: 4 - percent.count)
        var text = "\(task)  [\(bar)] \(padding)\(percent)  \(done.grouped)/\(total.grouped) \(unit)"
        // The first moments say nothing about the rest.
        if share > 0, share < 1, elapsed >= .seconds(2) { text += "  \((elapsed * (1 / share - 1)).clock) left" }
        return text
    }
}

extension Duration {
    /// `0:07`, `12:34`, `1:02:03`
    fileprivate var clock: String {
        let seconds = Int(components.seconds)
        let tail = String(100 + seconds % 60).dropFirst()
        guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3600):\(String(100 + seconds / 60 % 60).dropFirst()):\(tail)"
    }
}

extension Int {
    /// `12,345`
    fileprivate var grouped: String {
        var groups = ""
        for (place, digit) in String(self).reversed().enumerated() {
            if place > 0, place % 3 == 0, digit != "-" { groups.append(",") }
            groups.append(digit)
        }
        return String(groups.reversed())
    }
}
