import Commands
import ControllerAPI
import Delivery
import Enrolment
import Gathering
import Lifecycle
import Logging
import Policy
import Runs
import Tables
import Timestamps

/// `agent scrape`, and the gathering of `agent run`.
enum Scraping {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let project = try agent.projects(invocation)[0]
        if let refusal = try await agent.admission(of: project) {
            await agent.note([refusal], of: project)
            throw refusal
        }
        let steps = invocation.values("only")
        if steps.contains("environment") {
            let code = try await Discovering.run(project, agent)
            if steps.allSatisfy({ $0 == "environment" }) || code != .success { return code }
        }
        if steps.contains("bigboat") {
            try await BigBoatStatus.write(project, agent)
            if steps.allSatisfy({ $0 == "bigboat" }) { return .success }
        }
        var options = Preflight.Options()
        options.secretsPath = invocation.value("secrets")
        let clearance = try Preflight(options, home: agent.home, secrets: agent.secrets).inspection(of: project)
        if clearance.secrets == nil {
            agent.logger.warning(
                "there are no secrets for the project: personal values stay in the clear",
                ["project.key": .text(project.text)])
        }
        let isRegistered = try agent.secrets.answer(for: project)?.controller != nil
        var trackers: Trackers
        if isRegistered {
            let outbox = try await agent.openOutbox()
            trackers = try Trackers(files: await outbox.trackers(of: project))
        } else {
            trackers = try Trackers(in: agent.directories(of: project))
        }
        if let since = invocation.value("since") { try trackers.load(.jira, json: Array(since.utf8)) }
        let harvest = try await gather(
            clearance, from: trackers, sources: invocation.values("source"), steps: steps,
            until: invocation.value("until"), agent, agent.logger)
        try print(harvest, project, agent.console)
        try UnfinishedMove.finish(in: agent.directories(of: project))
        return exitCode(of: harvest)
    }

    /// Gathers the sources of a project into its export directory.
    static func gather(
        _ clearance: Clearance, from trackers: Trackers, sources names: [String] = [], steps: [String] = [],
        until: String? = nil, _ agent: Composition,
        _ logger: Logger
    ) async throws -> Harvest {
        let project = clearance.project
        let found = FoundSources()
        let selection = try agent.sources(of: project, only: names, steps: steps, until: until, found: found)
        await agent.note(selection.refused + selection.passedOver, of: project)
        let directories = agent.directories(of: project)
        try SourceListFile(in: directories).write(agent.permittedList(of: project))
        if agent.policy.rate != nil { try await agent.journal.noteStart(of: project, at: .now) }
        let display = ActivityDisplay(logger, waits: WaitFile(in: directories.workspace))
        let gatherer = Gatherer(
            clearance, in: directories, parallelism: ProcessFacts.processorCount, logger: logger,
            limits: agent.policy.fields, privacy: agent.privacy, progress: { display.add($0, $1) })
        var harvest = try await display.during {
            try await gatherer.run(
                selection.sources, always: steps.isEmpty || steps.contains("vcs") ? [.vcsVersions] : [], from: trackers)
        }
        if try found.write(in: directories) {
            try SourceListFile(in: directories).write(agent.permittedList(of: project))
        }
        // Older agents wrote it in each run, and some importer may read which versions there are.
        if steps.isEmpty || steps.contains("sources") {
            try await EnvironmentList.write(project, agent, isWanted: !steps.isEmpty)
        }
        harvest.outcomes += selection.outcomes
        for (table, fields) in harvest.withheld.sorted(by: { $0.key < $1.key }) {
            logger.info(
                "the policy keeps fields back",
                ["table.name": .text(table), "table.fields": .text(fields.joined(separator: " "))])
        }
        return harvest
    }

    static func print(_ harvest: Harvest, _ project: ProjectKey, _ console: Console) throws {
        for table in harvest.tables { try console.print("\(project) \(table.schema.fileName): \(table.rows) rows") }
        for (table, fields) in harvest.withheld.sorted(by: { $0.key < $1.key }) {
            let isWhole = !harvest.tables.contains { $0.schema.name == table }
            try console.print(
                "\(project) \(table): the policy keeps back \(isWhole ? "the whole table" : fields.joined(separator: ", "))"
            )
        }
        for outcome in harvest.outcomes {
            switch outcome.state {
            case .complete: break
            case .partial(let gaps):
                for gap in gaps { try console.print("\(project) \(outcome.source): partial: \(gap)") }
            case .failed(let reason): try console.print("\(project) \(outcome.source): failed: \(reason)")
            case .refused(let reason): try console.print("\(project) \(outcome.source): refused: \(reason)")
            }
        }
    }

    static func exitCode(of harvest: Harvest) -> ExitCode {
        harvest.outcomes.allSatisfy(\.isComplete) ? .success : .failure
    }
}

extension Trackers {
    /// - Parameter files: contents by the names of the files; others than trackers are passed over.
    init(files: [String: [UInt8]]) throws {
        self.init()
        for (name, content) in files {
            if let file = File(rawValue: name) { try load(file, json: content) }
        }
    }

    /// The contents of all tracker files by their names.
    var files: [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: File.allCases.filter { holds($0) }.map { ($0.rawValue, json($0)) })
    }
}
