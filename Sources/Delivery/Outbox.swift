internal import Blocking
package import Bundles
package import ControllerAPI
internal import Files
internal import SQLite
internal import Timestamps

/// The sealed bundles that wait for their controller, and how far the gathering of each project has come.
///
/// Both change in the same transaction, so that a crash at any moment repeats work and loses none. The parts of a bundle
/// are files below `directory`, in `<PROJECT>/<RUN>/`; they go only after the controller's receipt has been stored.
/// One process at a time works with an outbox.
package actor Outbox {
    package struct Configuration: Sendable {
        /// Path of the agent's database.
        package let database: String
        /// The directory of the parts.
        package let directory: String
        /// Bytes of parts that may wait.
        package let limit: Int

        package init(database: String, directory: String, limit: Int) {
            self.database = database
            self.directory = directory
            self.limit = limit
        }
    }

    nonisolated let configuration: Configuration
    private let executor: QueueExecutor
    private var store: OutboxStore?
    private var lock: OutboxLock?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        executor = QueueExecutor("outbox")
    }

    /// Opens the outbox, which is made where there is none, and puts right what a crash left: directories of bundles that
    /// were never enqueued or have been delivered are removed; entries whose parts are not whole become `damaged`.
    ///
    /// - Throws: `OutboxError` `inUse`, `FileError`, `SQLiteError`.
    package static func open(_ configuration: Configuration) async throws -> Outbox {
        let outbox = Outbox(configuration)
        try await outbox.start()
        return outbox
    }

    private func start() throws {
        try Files.makeDirectory(configuration.directory, permissions: 0o700)
        lock = try OutboxLock(configuration.directory)
        let store = try OutboxStore(configuration)
        self.store = store
        for entry in try store.entries(.waiting) {
            if let reason = try damage(of: entry) { try store.markDamaged(entry.run, reason) }
        }
        try removeLeftovers(store)
    }

    /// Removes the directories that belong to no entry which is still to be delivered.
    private func removeLeftovers(_ store: OutboxStore) throws {
        let kept = Set(try store.entries(.waiting, .damaged).map(\.directory))
        for project in try Files.list(configuration.directory) where !project.hasPrefix(".") {
            let directory = "\(configuration.directory)/\(project)"
            guard try Files.status(directory)?.kind == .directory else { continue }
            for run in try Files.list(directory) where !kept.contains("\(directory)/\(run)") {
                try Files.removeTree("\(directory)/\(run)")
            }
        }
    }

    /// What is wrong with the parts on the disk; `nil` where they are there in full.
    private func damage(of entry: OutboxEntry) throws -> String? {
        for part in entry.bundle.announcement.parts {
            guard let status = try Files.status("\(entry.directory)/\(part.name)") else {
                return "the part \(part.name) is missing"
            }
            guard status.kind == .file, status.size == part.size else {
                return "the part \(part.name) has \(status.size) bytes instead of \(part.size)"
            }
        }
        return nil
    }

    // MARK: Gathering

    /// Where the parts of a bundle are to be written before it is enqueued.
    package nonisolated func directory(for identity: BundleIdentity) -> String {
        "\(configuration.directory)/\(identity.project)/\(identity.run)"
    }

    /// To be asked before gathering: what would not fit afterwards need not be gathered.
    ///
    /// - Throws: `OutboxError` `full`.
    package func requireRoom() throws {
        let waiting = try opened().size
        guard waiting < configuration.limit else { throw full(waiting, adding: 0) }
    }

    /// The update trackers of a project as they were stored with its last bundle, by the names of their files.
    package func trackers(of project: ProjectKey) throws -> [String: [UInt8]] { try opened().trackers(of: project) }

    /// The last run of a project whose bundle came into the outbox.
    package func lastRun(of project: ProjectKey) throws -> RunID? { try opened().lastRun(of: project) }

    /// Moves a project's cursor for what was delivered without the outbox.
    package func advance(_ trackers: [String: [UInt8]], of project: ProjectKey, by run: RunID) throws {
        let store = try opened()
        try store.transaction {
            for (name, content) in trackers { try store.setTracker(name, content, of: project, by: run) }
        }
    }

    /// Takes a bundle whose parts are in `directory(for:)`, and in the same transaction stores the project's update
    /// trackers: from here on the run has happened.
    ///
    /// Where the bundle is not taken because too much waits, its parts are removed and the trackers stay: the next run
    /// gathers the same again.
    /// - Parameter trackers: The content of each tracker file by its name. Other trackers of the project stay.
    /// - Throws: `OutboxError` `full`, `alreadyEnqueued` or `incomplete`; `FileError`; `SQLiteError`.
    @discardableResult
    package func enqueue(_ bundle: SealedBundle, trackers: [String: [UInt8]]) throws -> OutboxEntry {
        let store = try opened()
        let entry = OutboxEntry(
            bundle: bundle, directory: directory(for: bundle.identity), enqueued: .now, state: .waiting,
            progress: .none,
            attempts: 0, lastFailure: nil)
        if let reason = try damage(of: entry) { throw OutboxError(.incomplete, "run \(entry.run)", reason) }
        // The parts are on the disk; that their directories are, too, nobody has seen to yet.
        try Files.synchroniseDirectory(of: "\(entry.directory)/.")
        try Files.synchroniseDirectory(of: entry.directory)
        try Files.synchroniseDirectory(of: "\(configuration.directory)/.")
        do {
            try store.transaction {
                // First, so that nothing is removed below that belongs to an entry.
                guard try !store.contains(entry.run) else {
                    throw OutboxError(.alreadyEnqueued, "run \(entry.run)", "a bundle of it is in the outbox already")
                }
                let waiting = try store.size
                guard entry.size <= configuration.limit - waiting else { throw full(waiting, adding: entry.size) }
                try store.insert(entry)
                for (name, content) in trackers {
                    try store.setTracker(name, content, of: entry.project, by: entry.run)
                }
            }
        } catch let error as OutboxError where error.code == .full {
            try Files.removeTree(entry.directory)
            throw error
        }
        return entry
    }

    private func full(_ waiting: Int, adding size: Int) -> OutboxError {
        let added = size > 0 ? ", the new bundle has \(size)" : ""
        return OutboxError(
            .full, "outbox", "\(waiting) bytes wait for delivery\(added), \(configuration.limit) may wait")
    }

    // MARK: Delivering

    /// What is to be delivered, oldest first.
    package func waiting() throws -> [OutboxEntry] { try opened().entries(.waiting) }

    /// What is to be delivered, what is damaged, and the last that were delivered, oldest first.
    package func entries() throws -> [OutboxEntry] { try opened().entries(.waiting, .damaged, .delivered) }

    /// Notes how far the delivery came.
    func note(_ progress: OutboxEntry.Progress, of run: RunID) throws { try opened().setProgress(progress, of: run) }

    /// Notes why an attempt failed.
    func noteFailure(_ failure: OutboxEntry.Failure, of run: RunID) throws { try opened().addFailure(failure, of: run) }

    /// Notes that an entry cannot be delivered by anybody, if its parts say so.
    func inspect(_ entry: OutboxEntry) throws {
        if let reason = try damage(of: entry) { try opened().markDamaged(entry.run, reason) }
    }

    /// Stores the receipt, then removes the parts. The receipt has been verified.
    func confirm(_ entry: OutboxEntry, _ receipt: Receipt) throws {
        try opened().markDelivered(entry.run, receipt)
        try Files.removeTree(entry.directory)
    }

    // MARK: Repair

    /// Gives a damaged entry up: removes what is left of it. What it held is gathered again only after `resetTrackers`.
    ///
    /// - Throws: `OutboxError` `unknownRun` where no entry of the run is damaged.
    package func discardDamaged(_ run: RunID) throws {
        let store = try opened()
        guard let entry = try store.entries(.damaged).first(where: { $0.run == run }) else {
            throw OutboxError(.unknownRun, "run \(run)", "no damaged entry of it is in the outbox")
        }
        try store.remove(run)
        try Files.removeTree(entry.directory)
    }

    /// Forgets how far the gathering of a project has come: the next run gathers everything.
    package func resetTrackers(of project: ProjectKey) throws { try opened().removeTrackers(of: project) }

    private func opened() throws(OutboxError) -> OutboxStore {
        guard let store else { throw OutboxError(.inUse, "outbox", "it is not open") }
        return store
    }

    /// What is in an outbox, whoever works with it; nothing where there is none.
    package static func entries(of configuration: Configuration) async throws -> [OutboxEntry] {
        try await blocking { _ in
            guard try Files.status(configuration.database) != nil else { return [] }
            return try OutboxStore(reading: configuration).entries(.waiting, .damaged, .delivered)
        }
    }
}

/// Keeps other processes away from an outbox as long as it lives.
private final class OutboxLock {
    private let lock: FileLock

    init(_ directory: String) throws {
        do throws(FileError) {
            lock = try FileLock("\(directory)/.lock")
        } catch {
            guard error.isHeldElsewhere else { throw error }
            throw OutboxError(.inUse, "outbox \(directory)", "another process works with it")
        }
    }
}
