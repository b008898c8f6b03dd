package import ControllerAPI
package import Cryptography
import FoundationEssentials
package import Tables
package import Timestamps

/// What a bundle holds: its first file, `manifest.json`, by which all others are verified while they stream.
package struct Manifest: Equatable, Sendable {
    package static let name = "manifest.json"
    /// The number of this form of the manifest; it changes when an older reader would misunderstand a newer one.
    package static let format = 1
    /// Bytes that a reader takes; some 5,000 files.
    static let sizeLimit = 1 << 20

    package let identity: BundleIdentity
    /// The number of the schema of the tables.
    package let schemaVersion: Int
    /// Whole seconds.
    package let created: Timestamp
    /// The run whose bundle came before this one; none for the first.
    package let previous: RunID?
    /// How names and addresses were replaced: the number of the pseudonym scheme.
    package let pseudonymScheme: Int
    package let files: [File]
    /// What was asked of each resource of each source, and what came; readers of before pass it over.
    package var coverage: [Coverage] = []
    /// What vanished since the bundle before.
    package var tombstones: [Tombstone] = []
    /// The tables among the files that are in no catalogue.
    package var declared: [DeclaredTable] = []
    /// What the agent's owner keeps back: columns by the names of their tables.
    package var withheld: [String: [String]] = [:]

    package struct File: Equatable, Sendable, Codable {
        package enum Kind: String, Sendable, Codable {
            /// Rows of a table, a JSON array.
            case table
            /// How far the gathering has come.
            case tracker
            /// What the run reported.
            case log
        }

        package let name: String
        package let kind: Kind
        /// Bytes.
        package let size: Int
        package let sha256: SHA256Digest
        /// The rows of a table; other files have none.
        package let rows: Int?
    }
}

extension Manifest: Codable {
    private enum CodingKeys: String, CodingKey {
        case format, agent, project, run, schema, created, previous, files, coverage, tombstones, declared, withheld
        case pseudonymScheme = "pseudonym_scheme"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        identity = BundleIdentity(
            agent: try values.decode(AgentKey.self, forKey: .agent),
            project: try values.decode(ProjectKey.self, forKey: .project),
            run: try values.decode(RunID.self, forKey: .run))
        schemaVersion = try values.decode(Int.self, forKey: .schema)
        guard let created = Timestamp(rfc3339: try values.decode(String.self, forKey: .created)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .created, in: values, debugDescription: "expected a time of RFC 3339")
        }
        self.created = created
        previous = try values.decodeIfPresent(RunID.self, forKey: .previous)
        pseudonymScheme = try values.decode(Int.self, forKey: .pseudonymScheme)
        files = try values.decode([File].self, forKey: .files)
        coverage = try values.decodeIfPresent([Coverage].self, forKey: .coverage) ?? []
        tombstones = try values.decodeIfPresent([Tombstone].self, forKey: .tombstones) ?? []
        declared = try values.decodeIfPresent([DeclaredTable].self, forKey: .declared) ?? []
        withheld = try values.decodeIfPresent([String: [String]].self, forKey: .withheld) ?? [:]
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.format, forKey: .format)
        try values.encode(identity.agent, forKey: .agent)
        try values.encode(identity.project, forKey: .project)
        try values.encode(identity.run, forKey: .run)
        try values.encode(schemaVersion, forKey: .schema)
        try values.encode(created.rfc3339, forKey: .created)
        try values.encode(previous, forKey: .previous)
        try values.encode(pseudonymScheme, forKey: .pseudonymScheme)
        try values.encode(files, forKey: .files)
        if !coverage.isEmpty { try values.encode(coverage, forKey: .coverage) }
        if !tombstones.isEmpty { try values.encode(tombstones, forKey: .tombstones) }
        if !declared.isEmpty { try values.encode(declared, forKey: .declared) }
        if !withheld.isEmpty { try values.encode(withheld, forKey: .withheld) }
    }

    /// The bytes of `manifest.json`: the same for the same manifest.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads the bytes of `manifest.json` and checks that they make sense; what they promise is for the reader to see.
    /// - Throws: `BundleError` `formatUnknown`, `manifestMalformed`, `nameNotAllowed` or `tooLarge`.
    init(json: [UInt8], limits: BundleLimits) throws(BundleError) {
        let manifest: Manifest
        do {
            let format = try JSONDecoder().decode(Format.self, from: Data(json)).format
            guard format == Self.format else {
                throw BundleError(.formatUnknown, Self.name, "expected format \(Self.format), found \(format)")
            }
            manifest = try JSONDecoder().decode(Manifest.self, from: Data(json))
        } catch let error as BundleError {
            throw error
        } catch {
            // The decoder's own words may quote the content.
            throw BundleError(.manifestMalformed, Self.name, "expected the manifest of a bundle, found something else")
        }
        try manifest.check(limits)
        self = manifest
    }

    /// The one member that is read before it is known what the others mean.
    private struct Format: Decodable { let format: Int }

    private func check(_ limits: BundleLimits) throws(BundleError) {
        try limits.check(files.map { (name: $0.name, size: $0.size) })
        for file in files {
            guard (file.kind == .table) == (file.rows != nil), file.rows ?? 0 >= 0 else {
                throw BundleError(
                    .manifestMalformed, Self.name, "expected a number of rows for tables only, found it otherwise")
            }
        }
    }
}
