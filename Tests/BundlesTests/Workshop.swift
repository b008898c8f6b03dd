import Archives
import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing
import Timestamps

@testable import Bundles

/// An agent, a controller and files to send, for one test.
struct Workshop {
    let directory: TemporaryDirectory
    let agentKey: SigningKey
    let certificate: Certificate
    let privateKey: PrivateKey
    let identity: BundleIdentity

    init() throws {
        directory = try TemporaryDirectory()
        agentKey = try SigningKey.generate()
        identity = BundleIdentity(
            agent: try AgentKey("AGENT"), project: try ProjectKey("DEMO"), run: try RunID("20260102T030405Z-00000001"))
        (certificate, privateKey) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(86400))
    }

    var parts: String { "\(directory.path)/parts" }
    var target: String { "\(directory.path)/opened" }

    func file(_ name: String, _ content: [UInt8], _ kind: BundleFile.Content = .tracker) throws -> BundleFile {
        let path = "\(directory.path)/\(name)"
        try Files.write(content, to: path)
        return try BundleFile(name, path: path, kind)
    }

    /// A file of each kind, an empty one among them; the table is of this size.
    func files(tableSize: Int = 10_000) throws -> [BundleFile] {
        [
            try file("data_vcs_versions.json", Self.noise(tableSize), .table(rows: 12, isPseudonymised: true)),
            try file("data_tag.json", [], .table(rows: 0, isPseudonymised: true)),
            try file("latest_vcs_versions.json", Array("{}".utf8)), try file("scrape.log", Array("done\n".utf8), .log),
        ]
    }

    func contents(_ files: [BundleFile]) -> BundleWriter.Contents {
        BundleWriter.Contents(
            identity: identity, schemaVersion: 3, created: Timestamp(seconds: 1_700_000_000, microseconds: 5),
            previous: nil, pseudonymScheme: 1, files: files)
    }

    func writer(partSize: Int = 32 << 10) throws -> BundleWriter {
        BundleWriter(try Sealer(certificate), agentKey, partSize: partSize)
    }

    func sealed(_ files: [BundleFile]) throws -> SealedBundle { try writer().seal(contents(files), into: parts) }

    func open(_ bundle: SealedBundle, limits: BundleLimits = BundleLimits()) throws -> Manifest {
        try BundleReader(try Opener(certificate, privateKey), limits: limits)
            .open(bundle, partsIn: parts, from: [agentKey.publicKey], into: target)
    }

    /// The code with which opening fails; the target must be gone then. `nil` when it does not fail.
    func refusal(of bundle: SealedBundle, limits: BundleLimits = BundleLimits()) throws -> BundleError.Code? {
        do {
            _ = try open(bundle, limits: limits)
            return nil
        } catch let error as BundleError {
            #expect(try Files.status(target) == nil)
            return error.code
        }
    }

    /// The same parts announced anew, signed by the agent: what an agent that does wrong could send.
    func announced(_ names: [String], manifestDigest: SHA256Digest) throws -> SealedBundle {
        var described: [SealedBundle.Part] = []
        for name in names {
            let content = try Files.read("\(parts)/\(name)")
            described.append(
                try SealedBundle.Part(name: name, size: content.count, sha256: SHA256.digest(of: content)))
        }
        return try SealedBundle(identity, parts: described, manifest: manifestDigest, signedBy: agentKey)
    }

    /// A bundle with any entries, sealed and signed by the agent; the digest is that of the first one.
    func forged(_ entries: [(name: String, content: [UInt8])]) throws -> SealedBundle {
        var archive: [UInt8] = []
        var tar = try TarWriter(.init(modified: 0)) { archive += $0 }
        for (name, content) in entries { try tar.add(name, content) }
        try tar.finish()
        return try forged(archive: archive, manifest: entries.first?.content ?? [])
    }

    func forged(archive: [UInt8], manifest: [UInt8]) throws -> SealedBundle {
        try Files.makeDirectory(parts)
        try Files.write(try Sealer(certificate).seal(archive), to: "\(parts)/001.cms")
        return try announced(["001.cms"], manifestDigest: SHA256.digest(of: manifest))
    }

    /// Bytes that do not compress, the same each time.
    static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }
}
