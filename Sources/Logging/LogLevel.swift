/// How much a log record matters; as a threshold, the least that is written.
package enum LogLevel: Int, Comparable, CaseIterable, Sendable {
    /// Details for whoever looks for a fault.
    case debug
    /// What happens in a normal run.
    case info
    /// Unexpected, but nothing is lost.
    case warning
    /// Data is lost, or a person has to act.
    case error
    /// Of no record of ours; as a threshold, as good as silence. The reference's `--log` knows it.
    case critical

    /// The name in any case, e.g. `INFO`.
    package init?(_ name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = level
    }

    package var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
