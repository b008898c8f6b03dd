internal import Archives
package import ControllerAPI
package import Cryptography
internal import Files
package import Tables
package import Timestamps

/// Seals files into a bundle for one controller, in the name of one agent.
package struct BundleWriter: Sendable {
    /// What goes into one bundle.
    package struct Contents: Sendable {
        package let identity: BundleIdentity
        /// The number of the schema of the tables.
        package let schemaVersion: Int
        package let created: Timestamp
        /// The run whose bundle came before this one.
        package let previous: RunID?
        package let pseudonymScheme: Int
        package let files: [BundleFile]
        package let coverage: [Coverage]
        package let tombstones: [Tombstone]
        package let declared: [DeclaredTable]
        package let withheld: [String: [String]]

        package init(
            identity: BundleIdentity, schemaVersion: Int, created: Timestamp, previous: RunID?, pseudonymScheme: Int,
            files: [BundleFile], coverage: [Coverage] = [], tombstones: [Tombstone] = [],
            declared: [DeclaredTable] = [], withheld: [String: [String]] = [:]
        ) {
            self.withheld = withheld
            self.coverage = coverage
            self.tombstones = tombstones
            self.declared = declared
            self.identity = identity
            self.schemaVersion = schemaVersion
            self.created = Timestamp(seconds: created.seconds)
            self.previous = previous
            self.pseudonymScheme = pseudonymScheme
            self.files = files
        }

        /// - Throws: `BundleError` `notPseudonymised`.
        func manifest() throws(BundleError) -> Manifest {
            var listed: [Manifest.File] = []
            for file in files { listed.append(try file.listed()) }
            return Manifest(
                identity: identity, schemaVersion: schemaVersion, created: created, previous: previous,
                pseudonymScheme: pseudonymScheme, files: listed, coverage: coverage, tombstones: tombstones,
                declared: declared, withheld: withheld)
        }
    }

    private let sealer: Sealer
    private let key: SigningKey
    private let limits: BundleLimits
    private let partSize: Int

    package init(_ sealer: Sealer, _ key: SigningKey, limits: BundleLimits = BundleLimits()) {
        self.init(sealer, key, limits: limits, partSize: BundleLimits.partSize)
    }

    init(_ sealer: Sealer, _ key: SigningKey, limits: BundleLimits = BundleLimits(), partSize: Int) {
        self.sealer = sealer
        self.key = key
        self.limits = limits
        self.partSize = partSize
    }

    /// Writes the parts `001.cms`, `002.cms`, … to a directory, which is made where it is missing.
    ///
    /// Each part is on the disk when this returns. Memory holds about one part, whatever the size of the files. On an
    /// error the directory is removed; after a crash the caller removes it. Blocks for as long as it takes.
    /// - Throws: `BundleError`.
    package func seal(_ contents: Contents, into directory: String) throws(BundleError) -> SealedBundle {
        let manifest = try contents.manifest()
        try limits.check(contents.files.map { (name: $0.name, size: $0.size) })
        try EmptyDirectory.prepare(directory)
        do {
            return try seal(contents.files, manifest, into: directory)
        } catch {
            try EmptyDirectory.clear(directory, after: error)
            throw .translating(error)
        }
    }

    private func seal(_ files: [BundleFile], _ manifest: Manifest, into directory: String) throws -> SealedBundle {
        let parts = PartWriter(directory: directory, sealer: sealer, partSize: partSize)
        var archive = try TarWriter(.init(modified: manifest.created.seconds)) { try parts.write($0) }
        let json = try manifest.json()
        try archive.add(Manifest.name, json)
        for file in files { try Self.add(file, to: &archive) }
        try archive.finish()
        let sealed = try parts.finish()
        return try SealedBundle(
            manifest.identity, parts: sealed, manifest: SHA256.digest(of: json), signedBy: key)
    }

    /// Adds a file and sees that it still is what the manifest says.
    private static func add(_ file: BundleFile, to archive: inout TarWriter) throws {
        let subject = "file \(file.name)"
        var hasher = SHA256Hasher()
        do {
            let source = try Descriptor(file.path, .readRegular)
            try archive.add(file.name, size: file.size) {
                let bytes = try source.read(upTo: TarWriter.blockSize)
                hasher.update(bytes)
                return bytes
            }
        } catch let error as FileError {
            throw BundleError.file(error, subject)
        } catch let error as ArchiveError where error.code == .sizeMismatch {
            throw BundleError(.fileChanged, subject, error.reason, cause: .archive(error))
        }
        guard hasher.finish() == file.sha256 else {
            throw BundleError(.fileChanged, subject, "expected the digest of when it was listed, found another")
        }
    }
}
