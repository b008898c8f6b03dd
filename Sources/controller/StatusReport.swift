import Commands
import Configuration
import ControllerAPI
import Fleet
import Lifecycle
import Logging

/// `controller status` and `controller overdue`: how the fleet is doing.
enum StatusReport {
    /// What is shown as JSON.
    private struct Status: Encodable {
        let agents: [String: Int]
        let bundles: [String: Int]
        let rows: Int
        let waiting_since: String?
        let sinks: [Sink]
        let overdue: [Overdue]
    }

    private struct Sink: Encodable {
        let sink: String
        let waiting: Int
        let waiting_since: String?
        let rejected: Int
        let fault: String?
    }

    private struct Overdue: Encodable {
        let project: String
        let agents: [String]
        let since: String
        let seen_at: String?
    }

    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let (fleet, configuration) = try open(invocation)
        let figures = try await fleet.figures()
        let overdue = try await OverdueMail(fleet, configuration, Logger([])).find()
        let status = Status(
            agents: figures.agents, bundles: figures.bundles, rows: figures.rows, waiting_since: figures.waitingSince,
            sinks: figures.sinks.map {
                Sink(
                    sink: $0.name, waiting: $0.waiting, waiting_since: $0.waitingSince, rejected: $0.rejected,
                    fault: $0.fault)
            },
            overdue: overdue.map {
                Overdue(
                    project: $0.project.text, agents: $0.agents.map(\.text), since: $0.since, seen_at: $0.seenAt)
            })
        if invocation.has("json") {
            try Listing.print(status, "status", invocation)
            return .success
        }
        func print(_ line: String) throws { try invocation.console.print(line) }
        try print("agents\t\(Self.counts(status.agents))")
        try print("bundles\t\(Self.counts(status.bundles))")
        try print("rows\t\(status.rows)")
        if let since = status.waiting_since { try print("a bundle waits for its import since\t\(since)") }
        for sink in status.sinks {
            let since = sink.waiting_since.map { " since \($0)" } ?? ""
            let rejected = sink.rejected > 0 ? ", \(sink.rejected) rows refused for good" : ""
            try print("sink \(sink.sink)\t\(sink.waiting) bundles wait\(since)\(rejected)")
            if let fault = sink.fault { try print("\t\(fault)") }
        }
        for project in status.overdue {
            let seen = project.seen_at.map { "at \($0)" } ?? "never"
            try print(
                "overdue\t\(project.project)\tsince \(project.since)\t\(project.agents.joined(separator: " "))\theard of \(seen)"
            )
        }
        return .success
    }

    /// Mails what `watch` would, now.
    static func mail(_ invocation: Invocation) async throws -> ExitCode {
        let (fleet, configuration) = try open(invocation)
        let count = try await OverdueMail(fleet, configuration, Logger([])).tell()
        try invocation.console.print(count == 0 ? "nothing has changed: no mail was sent" : "mail sent about \(count)")
        return .success
    }

    private static func open(_ invocation: Invocation) throws -> (Fleet, ControllerConfiguration) {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        return (try state.openFleet(), configuration)
    }

    private static func counts(_ counts: [String: Int]) -> String {
        counts.isEmpty
            ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}
