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
    /// What was found, without a value of any row.
    package let reason: String

    init(_ code: Code, _ sink: String, _ reason: String) {
        self.code = code
        self.sink = sink
        self.reason = reason
    }

    package var description: String {
        switch code {
        case .busy: "the sink \(sink) takes nothing now: \(reason)"
        case .denied: "the sink \(sink): expected that the login may write, found: \(reason)"
        case .unusable: "the sink \(sink): expected an answer of `_bulk`, found: \(reason)"
        }
    }

    package var advice: String {
        switch code {
        case .busy: "Nothing is lost: it is tried again. `controller status` shows how much waits."
        case .denied: "Check OPENSEARCH_USER and OPENSEARCH_PASSWORD, or OPENSEARCH_API_KEY, and the role behind them."
        case .unusable: "Check OPENSEARCH_URL: it is the address of the cluster without a path of an index."
        }
    }
}
