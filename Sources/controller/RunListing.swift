import Commands
import Configuration
import ControllerAPI
import Lifecycle
import Reception

/// `controller runs`.
enum RunListing {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        let project = try invocation.value("project").map { text in try ProjectKey(text) }
        let limit = invocation.value("last").flatMap { Int($0) } ?? 20
        let list = try RunList(state.store, project: project, limit: limit)
        if invocation.has("json") {
            try invocation.console.print(String(decoding: WireJSON.encode(list, subject: "runs"), as: UTF8.self))
            return .success
        }
        for run in list.runs {
            let trust = run.signed ? "" : "\tunsigned"
            let result = run.rows.map { "\($0) rows" } ?? run.reason ?? "waits for its import"
            try invocation.console.print(
                "\(run.received)\t\(run.agent)\t\(run.project)\t\(run.run)\t\(run.state)\t\(run.size) bytes\t\(result)\(trust)"
            )
        }
        let counts = ["imported", "received", "failed"].map { "\(list.counts[$0] ?? 0) \($0)" }
        let waiting = list.waitingSince.map { ", one waits since \($0)" } ?? ""
        try invocation.console.print("\(counts.joined(separator: ", "))\(waiting); \(list.rows) rows in all")
        return .success
    }
}
