import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Bundles

/// What happens to parts and announcements between the two programs.
@Suite struct OpeningRefusalTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func sealed() throws -> SealedBundle { try workshop.sealed(workshop.files(tableSize: 100_000)) }

    private func part(_ number: Int) -> String { "\(workshop.parts)/00\(number).cms" }

    @Test func anAnnouncementOfSomebodyElse() throws {
        let bundle = try sealed()
        let other = try SigningKey.generate().publicKey
        let reader = BundleReader(try Opener(workshop.certificate, workshop.privateKey))
        let failure = try #require(throws: BundleError.self) {
            _ = try reader.open(bundle, partsIn: workshop.parts, from: other, into: workshop.target)
        }
        #expect(failure.code == .wrongSignature)
        #expect(failure.isPermanent)
    }

    @Test(arguments: ["agent", "project", "run", "manifest", "size", "digest", "fewer parts"])
    func anAnnouncementThatWasChanged(what: String) throws {
        let bundle = try sealed()
        var (agent, project, run) = (bundle.identity.agent, bundle.identity.project, bundle.identity.run)
        var (parts, manifest) = (bundle.parts, bundle.manifestDigest)
        let other = SHA256.digest(of: [1])
        switch what {
        case "agent": agent = "OTHER"
        case "project": project = "OTHER"
        case "run": run = "OTHER"
        case "manifest": manifest = other
        case "size": parts[1] = .init(name: parts[1].name, size: parts[1].size + 1, sha256: parts[1].sha256)
        case "digest": parts[1] = .init(name: parts[1].name, size: parts[1].size, sha256: other)
        default: parts.removeLast()
        }
        let changed = SealedBundle(
            identity: BundleIdentity(agent: agent, project: project, run: run), parts: parts, manifestDigest: manifest,
            signature: bundle.signature)
        #expect(try workshop.refusal(of: changed) == .wrongSignature)
    }

    @Test(arguments: [0, 1, 2, 1000])
    func anAnnouncementWithPartsThatAreNoParts(count: Int) throws {
        let digest = SHA256.digest(of: [])
        let parts = (0..<count).map { SealedBundle.Part(name: "../00\($0).cms", size: 1, sha256: digest) }
        let bundle = SealedBundle(
            identity: workshop.identity, parts: parts, manifestDigest: digest,
            signature: [UInt8](repeating: 0, count: 64))
        #expect(try workshop.refusal(of: bundle) == .partsMalformed)
    }

    @Test func anAnnouncementWithAPartThatIsTooLarge() throws {
        let parts = [SealedBundle.Part(name: "001.cms", size: 9 << 20, sha256: SHA256.digest(of: []))]
        let bundle = SealedBundle(
            identity: workshop.identity, parts: parts, manifestDigest: SHA256.digest(of: []), signature: [])
        #expect(try workshop.refusal(of: bundle) == .tooLarge)
    }

    @Test(arguments: [
        ("missing", BundleError.Code.partMissing), ("shorter", .partTruncated), ("empty", .partTruncated),
        ("longer", .partDamaged), ("flipped", .partDamaged), ("swapped", .partDamaged), ("link", .partDamaged),
        ("queue", .partDamaged), ("directory", .partDamaged),
    ])
    func aPartThatIs(changed: String, code: BundleError.Code) throws {
        let bundle = try sealed()
        var content = try Files.read(part(2))
        switch changed {
        case "missing": try Files.remove(part(2))
        case "shorter": try Files.write(content.dropLast(), to: part(2))
        case "empty": try Files.write([], to: part(2))
        case "longer": try Files.write(content + [0], to: part(2))
        case "swapped":
            // The same size, so that only the digest tells.
            let other = try Files.read(part(3))
            try #require(other.count == content.count)
            try Files.write(other, to: part(2))
        case "link":
            try Files.rename(part(2), to: "\(workshop.directory.path)/elsewhere")
            #expect(unsafe symlink("\(workshop.directory.path)/elsewhere", part(2)) == 0)
        case "queue":
            try Files.remove(part(2))
            #expect(unsafe mkfifo(part(2), 0o600) == 0)
        case "directory":
            try Files.remove(part(2))
            try Files.makeDirectory(part(2))
        default:
            content[content.count / 2] ^= 1
            try Files.write(content, to: part(2))
        }
        #expect(try workshop.refusal(of: bundle) == code)
    }

    @Test func aBundleForAnotherController() throws {
        let bundle = try sealed()
        let (certificate, key) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(86400))
        let reader = BundleReader(try Opener(certificate, key))
        let failure = try #require(throws: BundleError.self) {
            _ = try reader.open(
                bundle, partsIn: workshop.parts, from: workshop.agentKey.publicKey, into: workshop.target)
        }
        #expect(failure.code == .notSealedForUs)
        #expect(try Files.status(workshop.target) == nil)
    }

    @Test func aSealThatIsBrokenThoughAnnouncedSo() throws {
        let bundle = try sealed()
        var content = try Files.read(part(2))
        content[content.count / 2] ^= 1
        try Files.write(content, to: part(2))
        let announced = try workshop.announced(bundle.parts.map(\.name), manifestDigest: bundle.manifestDigest)
        #expect(try workshop.refusal(of: announced) == .sealBroken)
        try Files.write(Workshop.noise(1000), to: part(2))
        let noise = try workshop.announced(bundle.parts.map(\.name), manifestDigest: bundle.manifestDigest)
        #expect(try workshop.refusal(of: noise) == .sealBroken)
    }

    @Test func partsThatEndTooEarlyOrTooLateThoughAnnouncedSo() throws {
        let bundle = try sealed()
        let fewer = try workshop.announced(bundle.parts.dropLast().map(\.name), manifestDigest: bundle.manifestDigest)
        #expect(try workshop.refusal(of: fewer) == .archiveDamaged)
        let names = bundle.parts.map(\.name) + ["00\(bundle.parts.count + 1).cms"]
        try Files.write(try Files.read(part(1)), to: part(names.count))
        let more = try workshop.announced(names, manifestDigest: bundle.manifestDigest)
        #expect(try workshop.refusal(of: more) == .archiveDamaged)
    }

    @Test func aTargetThatIsInUse() throws {
        let bundle = try sealed()
        try Files.makeDirectory(workshop.target)
        try Files.write([1], to: "\(workshop.target)/scrape.log")
        let failure = try #require(throws: BundleError.self) { _ = try workshop.open(bundle) }
        #expect(failure.code == .directoryInUse)
        #expect(!failure.isPermanent)
        #expect(try Files.read("\(workshop.target)/scrape.log") == [1])
    }
}
