import ControllerAPI
import ControllerClient
import Delivery
import Enrolment
import Files
import Gathering
import Logging
import Runs
import SFTP

/// Goes on from what the controller has imported where an agent has no update trackers of its own: it is new, or its state
/// was lost. What a lost outbox still held is gathered again, because it was never imported.
enum LostTrackers {
    /// The update trackers of a project; its own, else those of the controller, which are its own from then on.
    static func find(
        of record: RunRecord, _ outbox: Outbox, _ agent: Composition, _ logger: Logger
    ) async throws -> Trackers {
        let project = record.project
        let own = try await outbox.trackers(of: project)
        guard own.isEmpty else { return try Trackers(files: own) }
        var trackers = Trackers()
        var names: [String] = []
        for (name, content) in try await fetch(project, agent, logger) {
            guard let file = Trackers.File(rawValue: name), file.isExported else { continue }
            do throws(Trackers.MalformedFile) {
                try trackers.load(file, json: content)
                names.append(name)
            } catch {
                logger.warning(
                    "an update tracker of the controller is not usable; what it stands for is gathered anew",
                    ["tracker.name": .text(name), "error.text": .text("\(error)")])
            }
        }
        guard !names.isEmpty else { return Trackers() }
        try await outbox.advance(trackers.files, of: project, by: record.id)
        logger.info(
            "gathering goes on from what the controller has imported",
            ["tracker.names": .text(names.sorted().joined(separator: " "))])
        return try Trackers(files: await outbox.trackers(of: project))
    }

    /// What the controller has, by the names of the files.
    private static func fetch(
        _ project: ProjectKey, _ agent: Composition, _ logger: Logger
    ) async throws -> [String: [UInt8]] {
        guard let client = try agent.client(for: project), let answer = try agent.secrets.answer(for: project) else {
            return [:]
        }
        guard let details = answer.controller else { return try await copy(project, client, agent, logger) }
        guard details.offers(.trackers) else { return [:] }
        return try await client.trackers(of: project).mapValues { Array($0.utf8) }
    }

    /// From a controller of the reference, which lays them out in `~/update/PROJECT` at each registration.
    private static func copy(
        _ project: ProjectKey, _ client: ControllerClient, _ agent: Composition, _ logger: Logger
    ) async throws -> [String: [UInt8]] {
        let service = try PlainDelivery.service(of: client.host, project, agent)
        // The delivery will say that it is refused.
        guard agent.refusal(ofDeliveryTo: service) == nil else { return [:] }
        let directory = "\(agent.directories(of: project).workspace)/trackers"
        try Files.removeTree(directory)
        try Files.makeDirectory(directory, permissions: 0o700)
        let connection = try await SFTPConnection.connect(
            SFTPServer(service, controller: client.host, privateKey: agent.identity(for: project).path))
        let names: [String]
        do {
            names = try await connection.copy(
                Trackers.File.allCases.filter(\.isExported).map(\.rawValue), from: "~/update/\(project)",
                into: directory, limit: limit)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        var files: [String: [UInt8]] = [:]
        for name in names { files[name] = try Files.read("\(directory)/\(name)", limit: limit) }
        try Files.removeTree(directory)
        return files
    }

    /// Bytes of one file.
    private static let limit = 64 << 20
}
