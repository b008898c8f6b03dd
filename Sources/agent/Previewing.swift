import Bundles
import Commands
import ControllerAPI
import Cryptography
import Delivery
import Enrolment
import Files
import FoundationEssentials
import Gathering
import Lifecycle
import Logging
import Policy
import Pseudonyms
import Runs
import SourceSettings
import Tables
import Timestamps

/// `agent preview`: gathers into a place of its own, shows what would leave, and forgets it. Update trackers and the outbox
/// stay as they are: to the next run it is as if a gathering had been killed before it was complete.
enum Previewing {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let project = try agent.projects(invocation)[0]
        if let refusal = agent.policy.refusal(ofProject: project.text) { throw refusal }
        let showsOriginals = invocation.has("samples")
        if showsOriginals {
            invocation.console.complain(
                "warning: the samples show personal values in the clear, as the sources have them: keep them to yourself"
            )
        }
        let room = try PreviewRoom(agent.directories(of: project), state: agent.state, project: project)
        let result: Result<PreviewReport, any Error>
        do {
            result = .success(try await preview(project, room.directories, invocation, agent))
        } catch {
            result = .failure(error)
        }
        try room.close()
        let report = try result.get()
        if invocation.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try agent.console.print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            for line in PreviewText(report, columns: agent.console.columns).lines { try agent.console.print(line) }
        }
        return report.sources.allSatisfy { $0.outcome == .complete } ? .success : .failure
    }

    private static func preview(
        _ project: ProjectKey, _ directories: Gatherer.Directories, _ invocation: Invocation, _ agent: Composition
    ) async throws -> PreviewReport {
        let clearance = try Preflight(.init(), home: agent.home, secrets: agent.secrets).inspection(of: project)
        let details = try agent.secrets.answer(for: project)?.controller
        let trackers = try await trackers(of: project, isRegistered: details != nil, agent)
        let steps = invocation.values("only")
        let selection = try agent.sources(of: project, only: invocation.values("source"), steps: steps)
        let collector = SampleCollector(limit: 2, keepsOriginals: invocation.has("samples"))
        let display = ActivityDisplay(agent.localLogger)
        let privacy = agent.privacy
        let gatherer = Gatherer(
            clearance, in: directories, parallelism: ProcessFacts.processorCount, logger: agent.localLogger,
            limits: agent.policy.fields, observer: { collector.add($0, $1) }, privacy: privacy,
            progress: { display.add($0, $1) })
        var harvest = try await display.during {
            try await gatherer.run(
                selection.sources, always: steps.isEmpty || steps.contains("vcs") ? [.vcsVersions] : [], from: trackers)
        }
        harvest.outcomes += selection.outcomes
        try Files.write(
            agent.permittedList(of: project).exported(), to: "\(directories.workspace)/\(SourceListFile.name)")
        var report = PreviewReport(project: project.text)
        report.policy = agent.policy.path
        report.hindrance = try await agent.admission(of: project).map { "\($0)" }
        report.isPseudonymised = clearance.secrets != nil
        report.sources = harvest.outcomes.map(PreviewReport.Source.init)
        let schemas = selection.sources.flatMap { $0.tables + $0.occasionalTables }
        if let scrubber = privacy.scrubber(clearance.secrets) {
            collector.scrub(harvest.tables.map(\.schema)) { scrubber.scrubbed($0) }
        }
        report.tables = collector.tables(
            of: harvest, schemas, agent.policy.fields, hasSecrets: clearance.secrets != nil,
            isReference: privacy.scope == .reference)
        let counts = agent.tally.counts
        report.requests = .init(count: counts.requests, bytes: counts.bytes)
        try describeBundle(of: harvest, project, directories, details, &report, agent)
        return report
    }

    /// How far gathering got, read without changing anything.
    private static func trackers(of project: ProjectKey, isRegistered: Bool, _ agent: Composition) async throws
        -> Trackers
    {
        guard isRegistered else { return try Trackers(in: agent.directories(of: project)) }
        guard try Files.status(agent.outboxConfiguration.database) != nil else { return Trackers() }
        return try await Trackers(files: agent.openOutbox().trackers(of: project))
    }

    /// Seals what would be sealed, to know its size.
    private static func describeBundle(
        of harvest: Harvest, _ project: ProjectKey, _ directories: Gatherer.Directories, _ details: ControllerDetails?,
        _ report: inout PreviewReport, _ agent: Composition
    ) throws {
        let identity = BundleIdentity(agent: try agent.agentKey(for: project), project: project, run: RunID())
        if let details, harvest.tables.allSatisfy(\.isPseudonymised) {
            let contents = try Exporting.contents(of: harvest, in: directories, identity, details, previous: nil)
            let writer = BundleWriter(try Sealer(details.sealingCertificate), try agent.identity(for: project).key)
            let bundle = try writer.seal(contents, into: "\(directories.workspace)/sealed")
            report.bundle = .init(bytes: bundle.size, isSealed: true)
        } else {
            report.bundle = .init(bytes: harvest.tables.reduce(0) { $0 + $1.size }, isSealed: false)
        }
        report.files = harvest.tables.map(\.schema.fileName)
        for file in Trackers.File.allCases where file.isExported && harvest.trackers.holds(file) {
            report.files.append(file.rawValue)
        }
        report.files += [Preflight.dateFile, Round.logName, SourceListFile.name, EnvironmentList.name]
    }
}
