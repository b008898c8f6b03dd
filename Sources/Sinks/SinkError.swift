/// Why a sink does not take rows. What was not taken is tried again.
package struct SinkError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// It does not answer, or says that it has too much to do.
        case busy
        /// It does not let us in.
        case denied
        /// It answers otherwise than is documented.
        case unusable
    }

    package let code: Code
    /// The sink's name.
    package let sink: String
    /// What was to be found; of no interest where the sink is busy.
    let expected: String
    /// What was found, without a value of any row.
    package let reason: String
    /// The mend.
    package let advice: String

    /// The sink takes nothing at the moment.
    static func busy(_ sink: String, _ reason: String) -> SinkError {
        SinkError(
            code: .busy, sink: sink, expected: "", reason: reason,
            advice: "Nothing is lost: it is tried again. `controller status` shows how much waits.")
    }

    static func denied(_ sink: String, expected: String, _ reason: String, advice: String) -> SinkError {
        SinkError(code: .denied, sink: sink, expected: expected, reason: reason, advice: advice)
    }

    static func unusable(_ sink: String, expected: String, _ reason: String, advice: String) -> SinkError {
        SinkError(code: .unusable, sink: sink, expected: expected, reason: reason, advice: advice)
    }

    package var description: String {
        code == .busy
            ? "the sink \(sink) takes nothing now: \(reason)"
            : "the sink \(sink): expected \(expected), found: \(reason)"
    }
}
