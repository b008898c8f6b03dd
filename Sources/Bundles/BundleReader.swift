internal import Archives
internal import ControllerAPI
package import Cryptography
internal import Files

/// Opens bundles that were sealed for one controller, and believes nothing that is not signed, sealed and listed.
package struct BundleReader: Sendable {
    private let opener: Opener
    private let limits: BundleLimits

    package init(_ opener: Opener, limits: BundleLimits = BundleLimits()) {
        self.opener = opener
        self.limits = limits
    }

    /// Verifies the parts in a directory and unpacks their files into another one, which is new or empty.
    ///
    /// The parts are read once, in order; each is used only after its digest and its seal have been found right. Memory
    /// holds about one part, whatever the size of the files. On an error the target is removed. Blocks for as long as it
    /// takes. The unpacked files are not synchronised with the disk: after a crash they are unpacked again.
    /// - Parameter announced: what came, with the agent and project that the caller knows by other means.
    /// - Parameter keys: those that the agent may have signed with; the first is the one it has.
    /// - Throws: `BundleError`.
    package func open(
        _ announced: SealedBundle, partsIn directory: String, from keys: [PublicKey], into target: String
    ) throws(BundleError) -> Manifest {
        try announced.checkParts()
        try announced.checkSignature(keys)
        try EmptyDirectory.prepare(target)
        do {
            return try unpack(announced, directory, into: target)
        } catch {
            try EmptyDirectory.clear(target, after: error)
            throw .translating(error)
        }
    }

    private func unpack(_ announced: SealedBundle, _ directory: String, into target: String) throws -> Manifest {
        let parts = PartReader(directory: directory, parts: announced.announcement.parts, opener: opener)
        var archive = try TarReader(limits: archiveLimits) { try parts.read() }
        let manifest = try readManifest(&archive, announced)
        var expected = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.name, $0) })
        while let entry = try archive.next() {
            guard let file = expected.removeValue(forKey: entry.name) else {
                throw BundleError(.fileUnexpected, "bundle", "expected the files of the manifest, found another")
            }
            try Self.unpack(file, entry, &archive, into: target)
        }
        if let missing = expected.keys.min() {
            throw BundleError(.fileMissing, "file \(missing)", "expected it in the bundle, found the end")
        }
        guard parts.isAtEnd else {
            throw BundleError(.archiveDamaged, "bundle", "expected the end in the last part, found it earlier")
        }
        return manifest
    }

    /// Reads the first entry. Everything that follows is measured by it, so nothing comes before.
    private func readManifest(_ archive: inout TarReader, _ announced: SealedBundle) throws -> Manifest {
        guard let entry = try archive.next(), entry.name == Manifest.name, entry.size <= Manifest.sizeLimit else {
            throw BundleError(.manifestMismatch, "bundle", "expected a manifest at its beginning, found none")
        }
        var json: [UInt8] = []
        while true {
            let bytes = try archive.read()
            if bytes.isEmpty { break }
            json += bytes
        }
        guard SHA256.digest(of: json) == announced.announcement.manifest else {
            throw BundleError(.manifestMismatch, Manifest.name, "expected the announced digest, found another")
        }
        let manifest = try Manifest(json: json, limits: limits)
        guard manifest.identity == announced.identity else {
            throw BundleError(
                .identityMismatch, Manifest.name, "expected the agent, project and run announced, found others")
        }
        return manifest
    }

    private static func unpack(
        _ file: Manifest.File, _ entry: TarReader.Entry, _ archive: inout TarReader, into target: String
    ) throws {
        let subject = "file \(file.name)"
        guard entry.size == file.size else {
            throw BundleError(.fileMismatch, subject, "expected \(file.size) bytes, found \(entry.size)")
        }
        var hasher = SHA256Hasher()
        do {
            let output = try Descriptor("\(target)/\(file.name)", .createNew(permissions: 0o600))
            while true {
                let bytes = try archive.read()
                if bytes.isEmpty { break }
                hasher.update(bytes)
                try output.write(bytes)
            }
        } catch let error as FileError {
            throw BundleError.file(error, subject)
        }
        guard hasher.finish() == file.sha256 else {
            throw BundleError(.fileMismatch, subject, "expected the digest of the manifest, found another")
        }
    }

    /// The limits of the manifest hold for its own content; the archive may also hold the manifest itself.
    private var archiveLimits: TarReader.Limits {
        TarReader.Limits(
            entry: max(limits.file, Manifest.sizeLimit), total: limits.total + Manifest.sizeLimit,
            entries: limits.files + 1)
    }
}
