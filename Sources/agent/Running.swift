import Commands
import ControllerAPI
import ControllerClient
import Delivery
import Enrolment
import Files
import Gathering
import Logging
import Tables

/// `agent run`
enum Running {
    /// The log of a project's latest run, which is part of its bundle.
    static let logName = "scrape.log"

    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let options = Checking.options(invocation)
        let projects = try agent.projects(invocation)
        let outbox = try await agent.openOutbox()
        var code = ExitCode.success
        for project in projects { code = Checking.worse(code, try await run(project, options, outbox, agent)) }
        return Checking.worse(code, try await Exporting.deliver(for: projects, outbox, agent))
    }

    /// Registers, checks, gathers and seals one project.
    private static func run(
        _ project: ProjectKey, _ options: Preflight.Options, _ outbox: Outbox, _ agent: Composition
    ) async throws -> ExitCode {
        if options.checksController {
            do {
                try await Registering.register(project, agent)
            } catch let error as ControllerError {
                // With the secrets of an earlier registration, preflight decides.
                agent.console.complain("\(project): \(error)")
                if let advice = error.advice { agent.console.complain(advice) }
                guard try agent.secrets.answer(for: project) != nil else {
                    return error.isPermanent ? .failure : .tryLater
                }
            }
        }
        let report = try await Checking.check(project, options, agent)
        try Checking.print(report, agent.console)
        guard let clearance = report.clearance else { return Checking.exitCode(of: report) }
        try await outbox.requireRoom()
        let harvest = try await gather(clearance, outbox, agent)
        try Scraping.print(harvest, project, agent.console)
        try await Exporting.seal(project, outbox, agent)
        return Scraping.exitCode(of: harvest)
    }

    /// Gathers with a log of its own, which is closed when it returns.
    private static func gather(_ clearance: Clearance, _ outbox: Outbox, _ agent: Composition) async throws -> Harvest {
        let project = clearance.project
        let trackers = try Trackers(files: await outbox.trackers(of: project))
        let log = try LogWriter(path: "\(agent.exportDirectory(of: project))/\(logName)")
        let logger = agent.logger.adding(log).with(["project.key": .text(project.text)])
        logger.info("gathering begins")
        let harvest = try await Scraping.gather(clearance, from: trackers, agent, logger)
        for table in harvest.tables {
            logger.info("table written", ["table.name": .text(table.schema.name), "table.rows": .integer(table.rows)])
        }
        return harvest
    }
}
