import ControllerAPI
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
            _ = try reader.open(bundle, partsIn: workshop.parts, from: [other], into: workshop.target)
        }
        #expect(failure.code == .wrongSignature)
        #expect(failure.isPermanent)
    }

    @Test(arguments: ["agent", "project", "run", "manifest", "size", "digest", "fewer parts"])
    func anAnnouncementThatWasChanged(what: String) throws {
        let bundle = try sealed()
        var (agent, project, run) = (bundle.agent, bundle.project, bundle.announcement.run)
        var (parts, manifest) = (bundle.announcement.parts, bundle.announcement.manifest)
        let other = SHA256.digest(of: [1])
        switch what {
        case "agent": agent = try AgentKey("OTHER")
        case "project": project = try ProjectKey("OTHER")
        case "run": run = RunID()
        case "manifest": manifest = other
        case "size": parts[1] = try .init(name: parts[1].name, size: parts[1].size + 1, sha256: parts[1].sha256)
        case "digest": parts[1] = try .init(name: parts[1].name, size: parts[1].size, sha256: other)
        default: parts.removeLast()
        }
        let announcement = try BundleAnnouncement(
            run: run, parts: parts, manifest: manifest, signature: bundle.announcement.signature)
        let changed = SealedBundle(agent: agent, project: project, announcement: announcement)
        #expect(try workshop.refusal(of: changed) == .wrongSignature)
    }

    @Test(arguments: [
        (1...1000, 1, BundleError.Code.tooLarge), (1...1, 9 << 20, .tooLarge), (2...2, 1, .partsMalformed),
        (0...1, 1, .partsMalformed),
    ])
    func anAnnouncementOfPartsThatWeDoNotMake(numbers: ClosedRange<Int>, size: Int, code: BundleError.Code) throws {
        let digest = SHA256.digest(of: [])
        let parts = try numbers.map {
            try SealedBundle.Part(name: String(1000 + $0).dropFirst() + ".cms", size: size, sha256: digest)
        }
        let bundle = try SealedBundle(workshop.identity, parts: parts, manifest: digest, signedBy: workshop.agentKey)
        #expect(try workshop.refusal(of: bundle) == code)
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
                bundle, partsIn: workshop.parts, from: [workshop.agentKey.publicKey], into: workshop.target)
        }
        #expect(failure.code == .notSealedForUs)
        #expect(try Files.status(workshop.target) == nil)
    }

    @Test func aSealThatIsBrokenThoughAnnouncedSo() throws {
        let bundle = try sealed()
        var content = try Files.read(part(2))
        content[content.count / 2] ^= 1
        try Files.write(content, to: part(2))
        let announced = try workshop.announced(
            bundle.announcement.parts.map(\.name), manifestDigest: bundle.announcement.manifest)
        #expect(try workshop.refusal(of: announced) == .sealBroken)
        try Files.write(Workshop.noise(1000), to: part(2))
        let noise = try workshop.announced(
            bundle.announcement.parts.map(\.name), manifestDigest: bundle.announcement.manifest)
        #expect(try workshop.refusal(of: noise) == .sealBroken)
    }

    @Test func partsThatEndTooEarlyOrTooLateThoughAnnouncedSo() throws {
        let bundle = try sealed()
        let fewer = try workshop.announced(
            bundle.announcement.parts.dropLast().map(\.name), manifestDigest: bundle.announcement.manifest)
        #expect(try workshop.refusal(of: fewer) == .archiveDamaged)
        let names = bundle.announcement.parts.map(\.name) + ["00\(bundle.announcement.parts.count + 1).cms"]
        try Files.write(try Files.read(part(1)), to: part(names.count))
        let more = try workshop.announced(names, manifestDigest: bundle.announcement.manifest)
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
