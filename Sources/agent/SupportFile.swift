import AgentAPI
import Configuration
import Files
import Lifecycle
import Runs
import Timestamps

/// What somebody can send along with a question: which checks failed and how runs ended, in words of this program only.
/// No value of a setting, no message, and no name of a host, project, source, file or person is in it.
struct SupportFile: Encodable {
    struct Check: Encodable {
        let name: String
        let state: String
        let problem: String?
    }

    struct Setting: Encodable {
        let name: String
        /// `default`, `environment`, `file`, `secret file` or `option`.
        let origin: String
    }

    struct Run: Encodable {
        let cause: String
        let outcome: String
        let rows: Int
        let sources: [String]
    }

    let version: String
    let written: String
    let checks: [Check]
    let settings: [Setting]
    let runs: [Run]
    let daemonRuns: Bool
    let outboxBundles: Int?
    let outboxBytes: Int?

    init(_ results: CheckResults, _ snapshot: AgentSnapshot, _ settings: Settings) {
        version = Version.current
        written = Timestamp.now.rfc3339
        checks = results.lines.map { line in
            // A source's check is named after the source.
            Check(
                name: line.name.hasPrefix("source ") ? "source" : line.name, state: line.state,
                problem: line.problem.map { $0.hasPrefix("controller-status-") ? "controller-status" : $0 })
        }
        self.settings = settings.entries.filter { $0.origin != .fallback }.map { entry in
            let origin =
                switch entry.origin {
                case .fallback: "default"
                case .environment: "environment"
                case .file: "file"
                case .secretFile: "secret file"
                case .option: "option"
                }
            return Setting(name: entry.name, origin: origin)
        }
        runs = snapshot.projects.compactMap(\.last).map {
            Run(cause: $0.cause, outcome: $0.outcome, rows: $0.rows, sources: $0.sources.map(\.outcome.rawValue))
        }
        daemonRuns = snapshot.daemon != nil
        outboxBundles = snapshot.outbox?.bundles
        outboxBytes = snapshot.outbox?.bytes
    }

    func write(to path: String) throws {
        try Files.write("\(CheckResults.json(self))\n".utf8, to: path, permissions: 0o600)
    }
}
