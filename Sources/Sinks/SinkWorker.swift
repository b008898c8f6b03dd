internal import Blocking
internal import Bundles
internal import ControllerAPI
internal import Cryptography
package import Database
internal import Files
package import Logging

/// Brings the rows of each imported bundle to one sink, oldest first. A bundle counts as taken when the sink has said so; what
/// goes wrong before makes it come again.
package actor SinkWorker {
    private let store: Store
    private let sink: any Sink
    private let rows: BundleRows
    private let ledger: SinkLedger
    private let directory: String
    private let logger: Logger
    private let executor = QueueExecutor("sink")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Bundles asked for at once.
    private static let batch = 50

    /// - Parameters:
    ///   - location: the controller's store, whose tables exist.
    ///   - directory: where files lie until the sink has them; it is the worker's alone.
    package init(_ location: StoreLocation, sink: any Sink, directory: String, logger: Logger) throws {
        store = try Store(location)
        self.sink = sink
        self.directory = directory
        self.logger = logger
        rows = BundleRows(store: store, sink: sink)
        // With one controller there is nobody to wait for, not even a former self.
        ledger = SinkLedger(
            store: store, sink: sink.name, holder: location.isShared ? Hex.encode(Random.bytes(8)) : "controller")
        try ledger.enter(fromNowOn: !sink.takesRows)
    }

    /// Takes what waits now.
    /// - Returns: how many bundles the sink took; 0 also where another controller works for it.
    package func drain() async throws -> Int {
        var taken = 0
        do {
            guard try ledger.claim() else { return 0 }
            if sink.takesRows { try rows.index() }
            while true {
                let bundles = try ledger.waiting(Self.batch)
                guard !bundles.isEmpty else { break }
                for bundle in bundles {
                    try Task.checkCancellation()
                    guard try ledger.claim() else { return taken }
                    try await bring(bundle)
                    taken += 1
                }
            }
            try ledger.release()
            return taken
        } catch let error as SinkError {
            try ledger.note(fault: "\(error)")
            try ledger.release()
            throw error
        } catch {
            try ledger.release()
            throw error
        }
    }

    private func bring(_ bundle: BundleIdentity) async throws {
        let files = sink.takesRows ? try rows.write(bundle, to: directory) : []
        let rejected = try await sink.take(files, of: bundle)
        let count = files.reduce(0) { $0 + $1.rows }
        try ledger.note(bundle, rows: count - rejected, rejected: rejected)
        try Files.removeTree(directory)
        logger.info(
            sink.takesRows ? "rows brought to a sink" : "a sink was told of a bundle",
            [
                "sink.name": .text(sink.name), "agent.key": .text(bundle.agent.text),
                "project.key": .text(bundle.project.text), "run.id": .text(bundle.run.text),
                "sink.rows": .integer(count - rejected), "sink.rejected": .integer(rejected),
            ])
    }
}

/// The sinks of a store, as a whole.
package enum Sinks {
    /// Forgets that there are others than these; what they have taken stays noted, for when they come back.
    package static func keep(_ names: [String], in location: StoreLocation) throws {
        let store = try Store(location)
        for name in try store.all("SELECT sink FROM controller_sinks", row: { row in try row[0] as String })
        where !names.contains(name) {
            try store.execute("DELETE FROM controller_sinks WHERE sink = ?", name)
        }
    }
}
