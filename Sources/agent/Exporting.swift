import Bundles
import Commands
import ControllerAPI
import Cryptography
import Delivery
import Enrolment
import Files
import Gathering
import Logging
import Tables
import Timestamps

/// `agent export`, and the delivery of `agent run`.
enum Exporting {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let projects = try agent.projects(invocation)
        let outbox = try await agent.openOutbox()
        if invocation.has("dry-run") { return try await list(projects, outbox, agent) }
        for project in projects { try await seal(project, outbox, agent) }
        return try await deliver(for: projects, outbox, agent)
    }

    /// Seals what waits in a project's export directory and puts it into the outbox, cursors and all.
    /// - Parameter run: the run that gathered it, where it is known.
    /// - Returns: the bytes of the bundle; 0 where nothing waited.
    @discardableResult
    static func seal(
        _ project: ProjectKey, run: RunID = RunID(), _ outbox: Outbox, _ agent: Composition
    ) async throws -> Int {
        let directories = agent.directories(of: project)
        guard let harvest = try Harvest.waiting(in: directories) else { return 0 }
        guard let answer = try agent.secrets.answer(for: project) else { throw NotRegistered(project: project) }
        guard harvest.start == (try Trackers(files: await outbox.trackers(of: project))) else {
            agent.logger.warning(
                "what was gathered does not follow what was delivered: it is left out",
                ["project.key": .text(project.text)])
            try Harvest.discard(in: directories.workspace)
            return 0
        }
        guard agent.policy.permits(harvest) else {
            agent.logger.warning(
                "what was gathered holds more than the policy permits by now: it is left out",
                ["project.key": .text(project.text)])
            try Harvest.discard(in: directories.workspace)
            return 0
        }
        guard let details = answer.controller else {
            let bytes = try await PlainDelivery.run(
                project, run: run, harvest, files(of: harvest, in: directories), outbox, agent)
            try Harvest.discard(in: directories.workspace)
            try UnfinishedMove.finish(in: directories)
            try agent.console.print("\(project): delivered \(bytes) bytes as plain files")
            return bytes
        }
        let identity = BundleIdentity(agent: try agent.agentKey(for: project), project: project, run: run)
        let contents = try contents(
            of: harvest, in: directories, identity, details, previous: await outbox.lastRun(of: project))
        let place = outbox.directory(for: identity)
        let writer = BundleWriter(try Sealer(details.sealingCertificate), try agent.identity(for: project).key)
        let bundle = try writer.seal(contents, into: place)
        try await outbox.enqueue(bundle, trackers: harvest.trackers.files)
        try Harvest.discard(in: directories.workspace)
        try UnfinishedMove.finish(in: directories)
        agent.logger.info(
            "bundle sealed",
            [
                "project.key": .text(project.text), "run.id": .text(identity.run.text),
                "bundle.bytes": .integer(bundle.size),
            ])
        return bundle.size
    }

    static func contents(
        of harvest: Harvest, in directories: Gatherer.Directories, _ identity: BundleIdentity,
        _ details: ControllerDetails, previous: RunID?
    ) throws -> BundleWriter.Contents {
        BundleWriter.Contents(
            identity: identity, schemaVersion: 1, created: .now, previous: previous,
            pseudonymScheme: details.scheme.rawValue, files: try files(of: harvest, in: directories),
            coverage: harvest.coverage, tombstones: harvest.tombstones,
            declared: harvest.tables.compactMap { DeclaredTable($0.schema) }, withheld: harvest.withheld)
    }

    struct NotRegistered: Failure {
        let project: ProjectKey
        var exitCode: ExitCode { .failure }
        var description: String {
            "the project \(project) is not registered with a controller, so nothing of it can be sealed"
        }
        var advice: String? { "Run: agent register \(project)" }
    }

    private static func files(of harvest: Harvest, in directories: Gatherer.Directories) throws -> [BundleFile] {
        var files = harvest.tables.map { BundleFile($0) }
        for file in Trackers.File.allCases where file.isExported && harvest.trackers.holds(file) {
            files.append(try BundleFile(file.rawValue, path: "\(directories.export)/\(file.rawValue)", .tracker))
        }
        // The lists of sources and of environments are for people, as the log is.
        let optional: [(directory: String, name: String, BundleFile.Content)] = [
            (directories.export, Preflight.dateFile, .tracker), (directories.export, Round.logName, .log),
            (directories.workspace, SourceListFile.name, .log), (directories.export, EnvironmentList.name, .log),
        ]
        for (directory, name, content) in optional where try Files.status("\(directory)/\(name)") != nil {
            files.append(try BundleFile(name, path: "\(directory)/\(name)", content))
        }
        return files
    }

    /// Delivers all that waits, of whichever project.
    static func deliver(for projects: [ProjectKey], _ outbox: Outbox, _ agent: Composition) async throws -> ExitCode {
        guard let first = try await outbox.waiting().first else {
            try agent.console.print("nothing waits for delivery")
            return .success
        }
        guard let details = try agent.secrets.answer(for: first.project)?.controller else {
            throw NotRegistered(project: first.project)
        }
        if let refusal = agent.refusal(ofDeliveryTo: details.ssh) {
            await agent.note([refusal], of: nil)
            throw refusal
        }
        let report = try await agent.courier(for: first.project, outbox, details).deliver()
        for receipt in report.delivered { try agent.console.print("\(receipt.project): delivered run \(receipt.run)") }
        for failure in report.failures {
            agent.console.complain("\(failure.project): run \(failure.run) waits in the outbox: \(failure.reason)")
            if let advice = failure.advice { agent.console.complain(advice) }
        }
        guard !report.isComplete else { return .success }
        return report.failures.contains { $0.isPermanent } ? .failure : .tryLater
    }

    private static func list(_ projects: [ProjectKey], _ outbox: Outbox, _ agent: Composition) async throws -> ExitCode
    {
        for project in projects {
            if let harvest = try Harvest.waiting(in: agent.directories(of: project)) {
                try agent.console.print("\(project): \(harvest.tables.count) tables wait to be sealed")
            }
        }
        for entry in try await outbox.waiting() {
            try agent.console.print("\(entry.project): run \(entry.run), \(entry.size) bytes, wait for delivery")
        }
        return .success
    }
}
