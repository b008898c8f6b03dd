internal import Bundles
package import ControllerAPI
internal import Cryptography
internal import Database
internal import Files
internal import Logging
internal import Tables
internal import Timestamps

/// Takes what agents of the older system deliver.
extension Reception {
    /// Takes the plain files that an agent which does not sign has uploaded for a project, and has them imported under a run
    /// of their own. Files that are not sound are left out; if there are any, they stay beside the kept ones with the reason.
    ///
    /// The record comes before the files leave the upload directory: after a crash between the two the same files come again
    /// with the next notification, which changes nothing, as rows have keys.
    /// - Parameter trackers: the files that its notification calls update trackers.
    /// - Returns: the run; `nil` where nothing was uploaded.
    @discardableResult
    package func receiveUnsigned(
        of project: ProjectKey, from agent: AgentKey, trackers: Set<String> = []
    ) throws -> RunID? {
        let incoming = spool.incoming(agent, project)
        guard try Files.status(incoming)?.kind == .directory else { return nil }
        let run = RunID()
        let opened = spool.opened(agent, project, run)
        let identity = BundleIdentity(agent: agent, project: project, run: run)
        let plain: PlainFiles?
        do {
            plain = try PlainFiles(
                in: incoming, to: opened, identity: identity, trackers: trackers, schema: TableSchema.stored(in:))
        } catch {
            try Files.removeTree(opened)
            throw error
        }
        guard let plain else {
            try Files.removeTree(opened)
            return nil
        }
        let manifest = try WireJSON.encode(plain.manifest, subject: Manifest.name)
        try Files.write(manifest, to: "\(opened)/\(Manifest.name)", permissions: 0o600)
        try database.execute(
            """
            INSERT INTO controller_bundles
                (agent, project, run, manifest_sha256, size, received_at, state, is_signed)
            VALUES (?, ?, ?, ?, ?, ?, 'received', 0)
            """, agent.text, project.text, run.text, SHA256.digest(of: manifest).hex,
            plain.manifest.files.reduce(0) { $0 + $1.size }, Timestamp.now.rfc3339)
        let kept = spool.bundle(agent, project, run)
        try spool.move(incoming, to: kept)
        if !plain.refused.isEmpty {
            let text = plain.refused.map { "\($0.name): \($0.reason)\n" }.joined()
            try Files.write(text.utf8, to: "\(kept)/\(Self.reasonName)", permissions: 0o600)
        }
        logger.log(
            plain.refused.isEmpty ? .info : .warning, "unsigned delivery received",
            [
                "agent.key": .text(agent.text), "project.key": .text(project.text), "run.id": .text(run.text),
                "files.count": .integer(plain.manifest.files.count), "files.refused": .integer(plain.refused.count),
            ])
        return run
    }

    /// Beside the kept files: what was left out, and why.
    private static let reasonName = "refused.txt"
}
