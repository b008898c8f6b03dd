import Blocking
import Files
import Fleet
import Receiving
import Reception

/// Looks whether what the controller stands on can be used, for `/readyz`.
actor Health {
    private let fleet: Fleet
    private let spool: Spool
    /// Address and port of the SSH server.
    private let server: (host: String, port: Int)
    /// Bytes that have to be free where the spool is.
    private let reserve: Int
    private var last: (at: ContinuousClock.Instant, parts: [Part])?

    typealias Part = (name: String, fault: String?)

    /// How long an answer holds: whoever asks often costs no more than who asks rarely.
    private static let validity = Duration.seconds(5)

    init(fleet: Fleet, spool: Spool, server: (host: String, port: Int), reserve: Int) {
        self.fleet = fleet
        self.spool = spool
        self.server = server
        self.reserve = reserve
    }

    func parts() async -> [Part] {
        if let last, ContinuousClock.now - last.at < Self.validity { return last.parts }
        let parts = [
            (name: "store", fault: await storeFault()), (name: "spool", fault: await spoolFault()),
            (name: "room", fault: await roomFault()), (name: "ssh", fault: await serverFault()),
        ]
        last = (.now, parts)
        return parts
    }

    private func storeFault() async -> String? {
        do {
            try await fleet.touchStore()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func spoolFault() async -> String? {
        await fault { [spool] in
            let path = "\(spool.root)/.writable"
            try Files.makeDirectory(spool.root, permissions: 0o700)
            try Files.write([], to: path, permissions: 0o600)
            try Files.remove(path)
            return nil
        }
    }

    private func roomFault() async -> String? {
        await fault { [spool, reserve] in
            let room = try Files.room(at: spool.root).free
            return room < reserve ? "expected \(reserve) bytes free in \(spool.root), found \(room)" : nil
        }
    }

    private func serverFault() async -> String? {
        await fault { [server] in ServerGreeting.fault(host: server.host, port: server.port) }
    }

    /// Runs a check on a thread that may block; an error is a fault.
    private func fault(_ check: @escaping @Sendable () throws -> String?) async -> String? {
        do { return try await blocking { _ in try check() } } catch { return "\(error)" }
    }
}
