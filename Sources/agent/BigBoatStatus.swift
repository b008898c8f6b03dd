import BigBoat
import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Files
import HTTP
import Logging
import SourceSettings

/// The figures of a project's BigBoat dashboard, on their way to a file or to the controller.
enum BigBoatStatus {
    /// Writes them to the export directory.
    static func write(_ project: ProjectKey, _ agent: Composition) async throws {
        guard let (_, dashboard) = try dashboard(of: project, agent) else { return }
        let figures = try await dashboard.figures()
        let directory = agent.exportDirectory(of: project)
        try Files.makeDirectory(directory)
        try Files.write(Array(BigBoatDashboard.Figure.file(figures).utf8), to: "\(directory)/data_bigboat.json")
        try agent.console.print("\(project) data_bigboat.json: \(figures.count) rows")
    }

    /// Hands them to the controller.
    static func send(_ project: ProjectKey, _ agent: Composition) async throws {
        guard let (host, dashboard) = try dashboard(of: project, agent), let client = try agent.client(for: project)
        else { return }
        let figures = try await dashboard.figures()
        try await client.report(figures: BigBoatDashboard.Figure.line(figures), from: host, of: project)
        agent.logger.info("told the state of the dashboard", ["bigboat.figures": .integer(figures.count)])
    }

    /// The dashboard that the settings name; `nil` without one, which is a warning.
    private static func dashboard(
        of project: ProjectKey, _ agent: Composition
    ) throws -> (host: String, dashboard: BigBoatDashboard)? {
        let settings = agent.setup.reference
        let key = project.text.lowercased()
        guard let host = settings.value("bigboat", "host", project: key),
            let secret = settings.value("bigboat", "key", project: key)
        else {
            agent.logger.warning(
                "the settings file names no BigBoat dashboard, or no key for it", ["project.key": .text(project.text)])
            return nil
        }
        let shown = PlainURL.exported(host)
        guard !DenyList(agent.setup.agent.denyList ?? "").denies(shown) else { throw Denied(host: shown) }
        let base = try WebAddress(host)
        return (
            shown, BigBoatDashboard(base: base, key: Secret(secret), trust: .system, agent.platforms.environment)
        )
    }

    private struct Denied: Error, CustomStringConvertible {
        let host: String
        var description: String { "\(host): the deny list has this address" }
    }
}
