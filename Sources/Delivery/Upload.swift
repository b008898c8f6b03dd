internal import Bundles
internal import ControllerAPI
internal import SFTP

/// The parts of one entry on their way into the agent's directory at the controller.
struct Upload {
    private let entry: OutboxEntry
    /// Relative to the agent's own directory.
    private let directory: String

    init(_ entry: OutboxEntry) {
        self.entry = entry
        directory = "export/\(entry.project)/\(entry.run)"
    }

    /// The parts that are not at the controller in their full size.
    func missing(at connection: SFTPConnection) async throws(SFTPError) -> [BundleAnnouncement.Part] {
        guard try await connection.status(directory) != nil else { return entry.bundle.announcement.parts }
        let present = try await connection.list(directory)
        return entry.bundle.announcement.parts.filter { part in
            !present.contains { $0.name == part.name && $0.status == RemoteStatus(kind: .file, size: part.size) }
        }
    }

    /// Removes what was uploaded of it, finished or not.
    func remove(at connection: SFTPConnection) async throws(SFTPError) {
        guard try await connection.status(directory) != nil else { return }
        for (name, status) in try await connection.list(directory) where status.kind != .directory {
            try await connection.remove("\(directory)/\(name)")
        }
    }

    /// Uploads these parts, each continuing where an earlier attempt stopped.
    func send(
        _ parts: [BundleAnnouncement.Part], over connection: SFTPConnection,
        _ progress: @Sendable (DeliveryProgress) -> Void
    ) async throws(SFTPError) {
        guard !parts.isEmpty else { return }
        try await connection.makeDirectory(directory)
        var finished = entry.size - parts.reduce(0) { $0 + $1.size }
        for part in parts {
            let path = "\(directory)/\(part.name)"
            let before = finished
            try await connection.upload("\(entry.directory)/\(part.name)", to: path) { bytes in
                progress(
                    DeliveryProgress(
                        run: entry.run, project: entry.project, uploaded: before + bytes, total: entry.size))
            }
            finished += part.size
        }
    }
}
