internal import ControllerAPI
internal import Cryptography
internal import Files
package import Tables
internal import Timestamps

/// What an agent of the older system delivered: plain files that nobody sealed, signed or listed. Verified as far as that
/// goes: plain names, regular files, sizes within the limits, tables that can be read to their end, trackers that are text.
package struct PlainFiles: Sendable {
    /// What is brought in: tables and trackers that are sound, and logs.
    package let manifest: Manifest
    /// What is left out, with the reason; no value of a file is part of it.
    package let refused: [(name: String, reason: String)]

    /// Bytes of a tracker: the largest, a metric's names, has some 100 KB.
    private static let trackerLimit = 4 << 20

    /// Copies the files of a directory that the agent can write to into one that it cannot, and verifies the copies.
    /// - Parameters:
    ///   - target: new or empty; it is synchronised with the disk.
    ///   - schema: the table of a file of this name; `nil` where it is none.
    ///   - trackers: names of further files that the agent calls trackers.
    /// - Returns: `nil` where there is no file at all.
    package init?(
        in directory: String, to target: String, identity: BundleIdentity, trackers: Set<String>,
        limits: BundleLimits = BundleLimits(), schema: (String) -> TableSchema?
    ) throws {
        try Files.makeDirectory(target, permissions: 0o700)
        var files: [Manifest.File] = []
        var refused: [(name: String, reason: String)] = []
        var room = limits.total
        for name in try Files.list(directory).sorted() {
            // An upload that was broken off; the next one replaces it.
            guard !name.hasSuffix(".part") else { continue }
            guard BundleLimits.isAllowed(name), files.count < limits.files else {
                refused.append(
                    (BundleLimits.isAllowed(name) ? name : "a file", "its name, or their number, is not allowed"))
                continue
            }
            let copy = "\(target)/\(name)"
            do {
                let file = try Self.take("\(directory)/\(name)", copy, name, limit: min(limits.file, room))
                let kind: (Manifest.File.Kind, rows: Int?) =
                    if let schema = schema(name) {
                        (.table, try Self.rows(copy, schema))
                    } else if trackers.contains(name) || Self.isTracker(name) {
                        (.tracker, try Self.checkTracker(copy, file.size))
                    } else {
                        (.log, nil)
                    }
                files.append(
                    Manifest.File(name: name, kind: kind.0, size: file.size, sha256: file.digest, rows: kind.rows))
                room -= file.size
            } catch {
                if try Files.status(copy) != nil { try Files.remove(copy) }
                guard let reason = Self.reason(error) else { throw error }
                refused.append((name, reason))
            }
        }
        guard !files.isEmpty || !refused.isEmpty else { return nil }
        manifest = Manifest(
            identity: identity, schemaVersion: 1, created: .now, previous: nil, pseudonymScheme: 1, files: files)
        self.refused = refused
    }

    /// The older system's update trackers have these names, among others that its notification lists.
    private static func isTracker(_ name: String) -> Bool {
        name.hasSuffix("_update.json") || name.hasPrefix("latest_") || name.hasSuffix("_date.txt")
            || ["jira-updated.txt", "metric_names.json"].contains(name)
    }

    /// `nil` for a fault of the controller.
    private static func reason(_ error: any Error) -> String? {
        switch error {
        case let error as BundleError where error.code != .file: "\(error)"
        case let error as TableError: "\(error)"
        case let error as FileError where error.isNotRegular: "it is no regular file"
        default: nil
        }
    }

    private static func take(
        _ path: String, _ copy: String, _ name: String, limit: Int
    ) throws -> (size: Int, digest: SHA256Digest) {
        let source = try Descriptor(path, .readRegular)
        let output = try Descriptor(copy, .createNew(permissions: 0o600))
        var hasher = SHA256Hasher()
        var size = 0
        while case let bytes = try source.read(upTo: 256 << 10), !bytes.isEmpty {
            size += bytes.count
            guard size <= limit else {
                throw BundleError(.tooLarge, "file \(name)", "expected at most \(limit) bytes, found more")
            }
            hasher.update(bytes)
            try output.write(bytes)
        }
        try output.synchronise()
        return (size, hasher.finish())
    }

    private static func rows(_ path: String, _ schema: TableSchema) throws -> Int {
        var reader = try TableReader(schema, path: path)
        var rows = 0
        while let batch = try reader.next() { rows += batch.count }
        return rows
    }

    private static func checkTracker(_ path: String, _ size: Int) throws -> Int? {
        guard size <= trackerLimit, String(validating: try Files.read(path), as: UTF8.self) != nil else {
            throw BundleError(.fileMismatch, "tracker", "expected a short text, found something else")
        }
        return nil
    }
}
