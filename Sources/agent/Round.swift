import Commands
import ControllerAPI
import ControllerClient
import Delivery
import Enrolment
import Files
import Gathering
import Lifecycle
import Logging
import Policy
import Runs
import Tables
import Timestamps

/// One gathering of some projects, one after the other, and the delivery of all that waits: the same for every mode of the
/// agent. What goes wrong with a project ends that project's part only.
struct Round: Sendable {
    /// The log of a project's latest run, which is part of its bundle.
    static let logName = "scrape.log"

    let agent: Composition
    let cause: RunCause
    let options: Preflight.Options
    /// Once it is asked for, no further project begins.
    let shutdown: Shutdown
    /// Is told how each run ended.
    var ended: @Sendable (RunResult.Outcome) -> Void = { _ in }

    /// - Throws: `RunInProgress`, what keeps all projects from being gathered, `CancellationError`.
    func run(_ projects: [ProjectKey]) async throws -> ExitCode {
        let lock = try await RunLock(state: agent.state)
        defer { withExtendedLifetime(lock) {} }
        let outbox = try await agent.openOutbox()
        var code = ExitCode.success
        for (index, project) in projects.enumerated() {
            guard !shutdown.isRequested else {
                let left = projects[index...].map(\.text).joined(separator: ", ")
                agent.console.complain("not gathered, because the agent is to end: \(left)")
                return Checking.worse(code, .tryLater)
            }
            code = Checking.worse(code, try await run(project, outbox))
        }
        guard !shutdown.isRequested else { return Checking.worse(code, .tryLater) }
        return Checking.worse(code, await deliver(projects, outbox))
    }

    private func deliver(_ projects: [ProjectKey], _ outbox: Outbox) async -> ExitCode {
        do {
            return try await Exporting.deliver(for: projects, outbox, agent)
        } catch {
            let fault = Fault(error)
            tell(fault, "delivery")
            agent.logger.error("nothing could be delivered", ["error.text": .text(fault.text)])
            return fault.exitCode
        }
    }

    private func tell(_ fault: Fault, _ subject: String) {
        agent.console.complain("\(subject): \(fault.text)")
        if let advice = fault.advice { agent.console.complain(advice) }
    }

    /// Gathers one project with its log and its entry in the journal. What the client does not permit gets the entry alone.
    private func run(_ project: ProjectKey, _ outbox: Outbox) async throws -> ExitCode {
        if let refusal = try await agent.admission(of: project) {
            let result = try await agent.refuse(project, refusal, cause, trigger: options.trigger)
            tell(Fault(refusal), "refused by policy")
            ended(result.outcome)
            return refusal.exitCode
        }
        let record = RunRecord(id: RunID(), project: project, cause: cause, start: .now)
        try await agent.journal.begin(record, granting: options.trigger)
        let directory = agent.exportDirectory(of: project)
        do {
            try Files.makeDirectory(directory)
            let log = try LogWriter(path: "\(directory)/\(Self.logName)")
            let sink = ScrubbedSink(log)
            let logger = logger(of: agent, sink, record)
            logger.info("run begins", ["run.cause": .text(cause.rawValue)])
            let (code, result) = try await gather(record, outbox, sink, logger)
            try await end(record, result, logger)
            return code
        } catch {
            let fault = Fault(error)
            let result = RunResult(end: .now, outcome: .failed, problem: fault.text, advice: fault.advice)
            try await end(record, result, agent.logger.with(["project.key": .text(project.text)]))
            if error is CancellationError { throw error }
            tell(fault, project.text)
            return fault.exitCode
        }
    }

    private func logger(of agent: Composition, _ sink: ScrubbedSink, _ record: RunRecord) -> Logger {
        agent.logger.adding(sink).with([
            "project.key": .text(record.project.text), "run.id": .text(record.id.text),
        ])
    }

    private func end(_ record: RunRecord, _ result: RunResult, _ logger: Logger) async throws {
        try await agent.journal.end(record.id, result)
        ended(result.outcome)
        let fields: LogFields = [
            "run.outcome": .text(result.outcome.rawValue), "run.seconds": .seconds(result.end - record.start),
            "run.rows": .integer(result.rows), "run.problem": .text(result.problem ?? ""),
        ]
        switch result.outcome {
        case .complete, .notNow: logger.info("run ended", fields)
        case .partial: logger.warning("run ended with gaps", fields)
        case .failed: logger.error("run failed", fields)
        }
    }

    /// Registers, checks, gathers and seals.
    private func gather(
        _ record: RunRecord, _ outbox: Outbox, _ sink: ScrubbedSink, _ logger: Logger
    ) async throws -> (ExitCode, RunResult) {
        let project = record.project
        if options.checksController {
            do {
                try await Registering.register(project, agent)
                try await KeyChanging.rotateIfDue(project, agent, logger)
            } catch let error as ControllerError {
                if error.isCancellation { throw CancellationError() }
                logger.warning("the agent could not be registered anew", ["error.text": .text("\(error)")])
                // With the secrets of an earlier registration, preflight decides.
                guard try agent.secrets.answer(for: project) != nil else { throw error }
                tell(Fault(error), project.text)
            }
        }
        let report = try await Checking.checkAll(project, options, agent)
        try Checking.print(report, agent.console)
        guard let clearance = report.clearance else { return (Checking.exitCode(of: report), refusal(report, logger)) }
        // From here on with what the controller wants for this run, as far as it may.
        let agent = options.checksController ? await agent.granting(toControllerOf: project, logger) : agent
        let logger = self.logger(of: agent, sink, record)
        try await outbox.requireRoom()
        let trackers =
            options.checksController
            ? try await LostTrackers.find(of: record, outbox, agent, logger)
            : try Trackers(files: await outbox.trackers(of: project))
        let harvest = try await Scraping.gather(clearance, from: trackers, agent, logger)
        for table in harvest.tables {
            logger.info("table written", ["table.name": .text(table.schema.name), "table.rows": .integer(table.rows)])
        }
        try Scraping.print(harvest, project, agent.console)
        let bytes = try await Exporting.seal(project, run: record.id, outbox, agent)
        return (Scraping.exitCode(of: harvest), RunResult(harvest, bytes: bytes))
    }

    private func refusal(_ report: PreflightReport, _ logger: Logger) -> RunResult {
        let failed = report.checks.filter { $0.problem != nil }
        let problem = failed.map(\.message).joined(separator: "; ")
        logger.log(
            report.isNotNow ? .info : .warning, "preflight does not let the run begin", ["run.problem": .text(problem)])
        return RunResult(
            end: .now, outcome: report.isNotNow ? .notNow : .failed, problem: problem,
            advice: failed.compactMap(\.advice).first)
    }
}

extension RunResult {
    fileprivate init(_ harvest: Harvest, bytes: Int) {
        let sources = harvest.outcomes.map { outcome in
            let (state, problems): (Outcome, [String]) =
                switch outcome.state {
                case .complete: (.complete, [])
                case .partial(let gaps): (.partial, gaps)
                case .failed(let reason): (.failed, [reason])
                case .refused(let reason): (.failed, ["refused: \(reason)"])
                }
            return Source(
                name: outcome.source, outcome: state, problems: problems,
                seconds: (outcome.duration / .milliseconds(1)).rounded() / 1000)
        }
        let bad = sources.filter { $0.outcome != .complete }
        let areAllFailed = !sources.isEmpty && sources.allSatisfy { $0.outcome == .failed }
        self.init(
            end: .now, outcome: bad.isEmpty ? .complete : areAllFailed ? .failed : .partial,
            problem: Self.problem(of: harvest), sources: sources,
            rows: harvest.tables.reduce(0) { $0 + $1.rows }, bytes: bytes)
    }

    /// One sentence, which the controller's log may get: sources that the policy refuses are counted, not named.
    private static func problem(of harvest: Harvest) -> String? {
        var refused = 0
        for outcome in harvest.outcomes {
            switch outcome.state {
            case .complete: break
            case .partial(let gaps): return "\(outcome.source): \(gaps.first ?? "not read whole")"
            case .failed(let reason): return "\(outcome.source): \(reason)"
            case .refused: refused += 1
            }
        }
        return refused == 0 ? nil : "\(refused) source\(refused == 1 ? " is" : "s are") refused by the policy"
    }
}
