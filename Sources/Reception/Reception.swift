internal import Blocking
import Bundles
package import ControllerAPI
package import Cryptography
package import Database
import Files
package import Logging
import Timestamps

/// Takes the bundles that agents announce: out of the agent's reach first, then verified, then recorded, and only
/// then is there a receipt.
package actor Reception {
    let database: Store
    /// Whether other controllers work with the same store and spool.
    private let isShared: Bool
    let spool: Spool
    private let reader: BundleReader
    private let receiptKey: SigningKey
    let logger: Logger
    private let executor = BackgroundExecutor("reception")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - location: the controller's store, whose tables exist.
    ///   - opener: opens what is sealed for this controller.
    ///   - receiptKey: signs receipts.
    package init(
        _ location: StoreLocation, spool: Spool, opener: Opener, receiptKey: SigningKey, logger: Logger
    ) throws {
        database = try Store(location)
        isShared = location.isShared
        self.spool = spool
        self.receiptKey = receiptKey
        self.logger = logger
        reader = BundleReader(opener)
    }

    /// The same with an SQLite database.
    package init(database: String, spool: Spool, opener: Opener, receiptKey: SigningKey, logger: Logger) throws {
        try self.init(.file(database), spool: spool, opener: opener, receiptKey: receiptKey, logger: logger)
    }

    /// Takes a bundle whose parts were uploaded. Announced again after it was taken, the receipt is given again.
    /// - Parameter keys: those that the agent may have sealed it with.
    /// - Throws: `ReceptionError`; anything else is a fault of the controller.
    package func receive(
        _ announcement: BundleAnnouncement, of project: ProjectKey, from agent: AgentKey, keys: [PublicKey]
    ) throws -> Receipt {
        let run = announcement.run
        let incoming = spool.incoming(agent, project, run)
        if let taken = try takenManifest(agent, project, run) {
            guard taken == announcement.manifest.hex else { throw ReceptionError(.runTaken) }
            return try receipt(announcement, project, agent)
        }
        let kept = spool.bundle(agent, project, run)
        if try Files.status(incoming)?.kind == .directory {
            // What an attempt left that came to no record is older than what was uploaded since.
            try Files.removeTree(kept)
            try spool.move(incoming, to: kept)
        }
        guard try Files.status(kept) != nil else { throw ReceptionError(.nothingUploaded) }
        let sealed = SealedBundle(agent: agent, project: project, announcement: announcement)
        do {
            try open(sealed, from: keys)
        } catch let error as BundleError where error.code != .file && error.code != .library {
            try quarantine(kept, agent, project, run, because: error)
            throw ReceptionError(.refused, cause: error)
        }
        let announced = try WireJSON.encode(sealed, subject: "announcement")
        try Files.write(announced, to: "\(kept)/\(Self.announcementName)", permissions: 0o600)
        let isNew =
            try database.change(
                """
                INSERT INTO controller_bundles (agent, project, run, manifest_sha256, size, received_at, state)
                VALUES (?, ?, ?, ?, ?, ?, 'received') ON CONFLICT (agent, project, run) DO NOTHING
                """, agent.text, project.text, run.text, announcement.manifest.hex,
                announcement.parts.reduce(0) { $0 + $1.size }, Timestamp.now.rfc3339) == 1
        if !isNew, try takenManifest(agent, project, run) != announcement.manifest.hex {
            throw ReceptionError(.runTaken)
        }
        logger.info(
            "bundle received",
            ["agent.key": .text(agent.text), "project.key": .text(project.text), "run.id": .text(run.text)])
        return try receipt(announcement, project, agent)
    }

    /// Opens again what a crash may have left half opened. Call it before the first import.
    /// - Parameter keysOf: those that an agent may have sealed with.
    package func recover(keysOf: (AgentKey) async throws -> [PublicKey]) async throws {
        let waiting = try database.all(
            "SELECT agent, project, run FROM controller_bundles WHERE state = 'received' AND is_signed = 1"
        ) {
            row in
            (agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), run: try RunID(row[2]))
        }
        for (agent, project, run) in waiting {
            let path = "\(spool.bundle(agent, project, run))/\(Self.announcementName)"
            let sealed = try WireJSON.decode(SealedBundle.self, from: try Files.read(path), subject: "announcement")
            // What is there may be in the hands of another controller, and is whole: it came before the record.
            if isShared, try Files.status(spool.opened(agent, project, run)) != nil { continue }
            let keys = try await keysOf(agent)
            guard !keys.isEmpty else { continue }
            try open(sealed, from: keys)
        }
    }

    /// Verifies the parts that are kept and unpacks them for the import.
    private func open(_ sealed: SealedBundle, from keys: [PublicKey]) throws {
        let run = sealed.announcement.run
        let opened = spool.opened(sealed.agent, sealed.project, run)
        try Files.removeTree(opened)
        let manifest = try reader.open(
            sealed, partsIn: spool.bundle(sealed.agent, sealed.project, run), from: keys, into: opened)
        try Files.write(
            WireJSON.encode(manifest, subject: Manifest.name), to: "\(opened)/\(Manifest.name)", permissions: 0o600)
    }

    /// Beside the parts: what was announced of them.
    private static let announcementName = "announcement.json"

    private func takenManifest(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID) throws -> String? {
        try database.first(
            "SELECT manifest_sha256 FROM controller_bundles WHERE agent = ? AND project = ? AND run = ?",
            agent.text, project.text, run.text)
    }

    private func receipt(_ announcement: BundleAnnouncement, _ project: ProjectKey, _ agent: AgentKey) throws -> Receipt
    {
        try Receipt.signed(
            agent: agent, project: project, run: announcement.run, manifest: announcement.manifest, receivedAt: .now,
            by: receiptKey)
    }

    private func quarantine(
        _ directory: String, _ agent: AgentKey, _ project: ProjectKey, _ run: RunID, because error: BundleError
    ) throws {
        var number = 1
        while try Files.status(spool.quarantine(agent, project, run, number: number)) != nil { number += 1 }
        let target = spool.quarantine(agent, project, run, number: number)
        try spool.move(directory, to: target)
        try Files.write("\(error.code.rawValue): \(error)\n".utf8, to: "\(target)/reason.txt", permissions: 0o600)
        logger.warning(
            "bundle refused",
            [
                "agent.key": .text(agent.text), "project.key": .text(project.text), "run.id": .text(run.text),
                "error": .text("\(error)"),
            ])
    }
}
