internal import Bundles
package import ControllerAPI
package import ControllerClient
package import Cryptography
package import Logging
package import SFTP
internal import Timestamps

/// Brings what waits in the outbox to the controller: uploads the parts of each bundle, announces them, and forgets them
/// once it has the controller's signed receipt.
///
/// Every step may be repeated: parts continue where they stopped, a bundle that was announced before gets its receipt
/// again. So whatever breaks, nothing is lost, and nothing is imported twice.
package struct Courier: Sendable {
    private let outbox: Outbox
    private let controller: ControllerClient
    private let server: SFTPServer
    /// The key that signs the controller's receipts.
    private let receiptKey: PublicKey
    private let description: ExportNotification.AgentDescription
    private let policy: RetryPolicy
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameters:
    ///   - server: Where the parts go.
    ///   - receiptKey: The key that signs the controller's receipts.
    ///   - description: What the controller's operator reads about this agent.
    ///   - clock: Waits between attempts.
    package init(
        _ outbox: Outbox, to controller: ControllerClient, by server: SFTPServer, receiptKey: PublicKey,
        description: ExportNotification.AgentDescription, logger: Logger, policy: RetryPolicy = RetryPolicy(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.outbox = outbox
        self.controller = controller
        self.server = server
        self.receiptKey = receiptKey
        self.description = description
        self.policy = policy
        self.clock = clock
        self.logger = logger
    }

    /// Delivers everything that waits, oldest first. An entry that fails keeps later ones of its project back, so that they
    /// arrive in their order; when nobody can be reached it keeps all back.
    ///
    /// - Throws: `CancellationError`, or what the outbox fails with. That the controller is away or refuses is a result.
    package func deliver(
        progress: @Sendable (DeliveryProgress) -> Void = { _ in }
    ) async throws -> DeliveryReport {
        var report = DeliveryReport()
        var line = Line(server: server)
        var blocked: Set<ProjectKey> = []
        var isCutOff = false
        for entry in try await outbox.waiting() {
            guard !isCutOff, !blocked.contains(entry.project) else {
                report.untried += 1
                continue
            }
            do {
                report.delivered.append(try await deliver(entry, &line, progress))
                report.bytes += entry.size
            } catch let fault as DeliveryFault {
                blocked.insert(entry.project)
                isCutOff = fault.reach == .everything
                report.failures.append(
                    DeliveryReport.Failure(
                        run: entry.run, project: entry.project, reason: fault.reason, advice: fault.advice,
                        isPermanent: fault.isPermanent))
            }
        }
        await line.close()
        return report
    }

    /// Tries as often as the policy has it.
    private func deliver(
        _ entry: OutboxEntry, _ line: inout Line, _ progress: @Sendable (DeliveryProgress) -> Void
    ) async throws -> Receipt {
        let logger = logger.with(["run.id": .text(entry.run.text), "project.key": .text(entry.project.text)])
        var failures = 0
        var stage = entry.progress
        while true {
            do {
                let receipt = try await attempt(entry, &stage, &line, progress)
                try await outbox.confirm(entry, receipt)
                logger.info("bundle delivered", ["bundle.bytes": .integer(entry.size)])
                return receipt
            } catch let fault as DeliveryFault {
                failures += 1
                if fault.isRejection { try await note(.rejected, &stage, entry) }
                try await outbox.noteFailure(
                    OutboxEntry.Failure(at: .now, reason: fault.reason, isPermanent: fault.isPermanent), of: entry.run)
                if fault.isLocal { try await outbox.inspect(entry) }
                // Whatever was half said on the connection is over.
                await line.close()
                let pause = policy.pause(
                    after: failures, asked: fault.retryAfter, chance: Double.random(in: 0...1))
                guard !fault.isPermanent, failures < policy.tries, let pause else { throw fault }
                logger.warning(
                    "delivery failed and is tried again",
                    ["error.text": .text(fault.reason), "attempt.number": .integer(failures)])
                try await clock.sleep(for: pause)
            }
        }
    }

    private func note(
        _ reached: OutboxEntry.Progress, _ stage: inout OutboxEntry.Progress, _ entry: OutboxEntry
    ) async throws {
        stage = reached
        try await outbox.note(reached, of: entry.run)
    }

    /// - Throws: `DeliveryFault`, `CancellationError`, or what the outbox fails with.
    private func attempt(
        _ entry: OutboxEntry, _ stage: inout OutboxEntry.Progress, _ line: inout Line,
        _ progress: @Sendable (DeliveryProgress) -> Void
    ) async throws -> Receipt {
        do {
            let upload = Upload(entry)
            let connection = try await line.connection()
            if stage == .rejected {
                try await upload.remove(at: connection)
                try await note(.none, &stage, entry)
            }
            let missing = try await upload.missing(at: connection)
            if stage == .uploaded, !missing.isEmpty, let receipt = try await earlierReceipt(entry) { return receipt }
            try await upload.send(missing, over: connection, progress)
            try await note(.uploaded, &stage, entry)
            return try await announce(entry)
        } catch let error as SFTPError {
            if error.code == .cancelled { throw CancellationError() }
            throw DeliveryFault(error)
        } catch let error as ControllerError {
            if error.isCancellation { throw CancellationError() }
            throw DeliveryFault(error)
        } catch let error as WireError {
            throw DeliveryFault(error)
        }
    }

    /// The receipt of a bundle whose parts the controller has taken out of the upload directory already.
    private func earlierReceipt(_ entry: OutboxEntry) async throws -> Receipt? {
        do {
            return try await announce(entry)
        } catch let error as ControllerError where error.isPermanent && error.status != nil {
            // It does not have the bundle after all. If it refuses for another reason, it will again.
            return nil
        }
    }

    private func announce(_ entry: OutboxEntry) async throws -> Receipt {
        let notification = ExportNotification(
            agent: description, files: ExportNotification.Files(bundle: entry.bundle.announcement))
        let receipt = try await controller.announce(notification, of: entry.project)
        try receipt.verify(
            agent: entry.bundle.agent, project: entry.project, run: entry.run,
            manifest: entry.bundle.announcement.manifest, by: receiptKey)
        return receipt
    }
}

/// The connection that the entries of one call share.
private struct Line {
    let server: SFTPServer
    private var current: SFTPConnection?

    init(server: SFTPServer) { self.server = server }

    mutating func connection() async throws(SFTPError) -> SFTPConnection {
        if let current { return current }
        let connection = try await SFTPConnection.connect(server)
        current = connection
        return connection
    }

    mutating func close() async {
        await current?.close()
        current = nil
    }
}
