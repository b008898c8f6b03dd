import ControllerAPI
import Cryptography
import Files
import Testing

@testable import Bundles

/// What an enrolled agent could seal and sign, and must not get in.
@Suite struct ForgedContentTests {
    private let workshop: Workshop
    private let content = Array("rows".utf8)

    init() throws { workshop = try Workshop() }

    /// A manifest for `file`, with one of its members replaced.
    private func manifest(_ old: String = "", _ new: String = "") -> [UInt8] {
        var text = """
            {"format":1,"agent":"AGENT","project":"DEMO","run":"20260102T030405Z-00000001","schema":3,
            "created":"2026-01-02T03:04:05Z","previous":null,"pseudonym_scheme":1,"files":[
            {"name":"file","kind":"table","rows":1,"size":4,"sha256":"\(SHA256.digest(of: content).hex)"}]}
            """
        if !old.isEmpty { text.replace(old, with: new, maxReplacements: 1) }
        return Array(text.utf8)
    }

    private func refusal(_ entries: [(name: String, content: [UInt8])]) throws -> BundleError.Code? {
        try workshop.refusal(of: workshop.forged(entries))
    }

    @Test func isAcceptedWhenNothingIsForged() throws {
        #expect(try refusal([("manifest.json", manifest()), ("file", content)]) == nil)
    }

    @Test(arguments: [
        ("{\"format\"", "[\"format\"", BundleError.Code.manifestMalformed),
        ("\"format\":1", "\"format\":2", .formatUnknown),
        ("\"format\":1,", "", .manifestMalformed), ("\"schema\":3", "\"schema\":\"3\"", .manifestMalformed),
        ("2026-01-02T03:04:05Z", "yesterday", .manifestMalformed),
        ("\"kind\":\"table\"", "\"kind\":\"program\"", .manifestMalformed),
        ("\"kind\":\"table\"", "\"kind\":\"tracker\"", .manifestMalformed), ("\"rows\":1,", "", .manifestMalformed),
        ("\"rows\":1", "\"rows\":-1", .manifestMalformed), ("AGENT", "OTHER", .identityMismatch),
        ("DEMO", "OTHER", .identityMismatch), ("DEMO", "../x", .manifestMalformed),
        ("-00000001", "-00000002", .identityMismatch),
        ("\"size\":4", "\"size\":5", .fileMismatch), ("\"size\":4", "\"size\":-4", .tooLarge),
        ("\"size\":4", "\"size\":99999999999999", .tooLarge),
        ("\"name\":\"file\"", "\"name\":\"other\"", .fileUnexpected),
        ("\"name\":\"file\"", "\"name\":\"../file\"", .nameNotAllowed),
        ("\"name\":\"file\"", "\"name\":\"manifest.json\"", .nameNotAllowed),
    ])
    func isRefusedWithSuchAManifest(old: String, new: String, code: BundleError.Code) throws {
        #expect(try refusal([("manifest.json", manifest(old, new)), ("file", content)]) == code)
    }

    @Test func isRefusedWithAnotherFileThanListed() throws {
        #expect(try refusal([("manifest.json", manifest()), ("file", Array("ROWS".utf8))]) == .fileMismatch)
        #expect(try refusal([("manifest.json", manifest()), ("file", Array("row".utf8))]) == .fileMismatch)
    }

    @Test func isRefusedWithMoreOrFewerFilesThanListed() throws {
        #expect(try refusal([("manifest.json", manifest())]) == .fileMissing)
        let both = [("manifest.json", manifest()), ("file", content), ("more", content)]
        #expect(try refusal(both) == .fileUnexpected)
        #expect(try refusal([("manifest.json", manifest()), ("below/file", content)]) == .fileUnexpected)
    }

    @Test func isRefusedWithoutAManifestAtItsBeginning() throws {
        #expect(try refusal([]) == .manifestMismatch)
        #expect(try refusal([("file", content)]) == .manifestMismatch)
        #expect(try refusal([("file", content), ("manifest.json", manifest())]) == .manifestMismatch)
        let large = [UInt8](repeating: 0x20, count: 2 << 20)
        #expect(try refusal([("manifest.json", large)]) == .manifestMismatch)
    }

    @Test func isRefusedWithAnotherManifestThanAnnounced() throws {
        let bundle = try workshop.forged([("manifest.json", manifest()), ("file", content)])
        let announced = try workshop.announced(["001.cms"], manifestDigest: SHA256.digest(of: manifest("\n", " ")))
        #expect(bundle.announcement.manifest != announced.announcement.manifest)
        #expect(try workshop.refusal(of: announced) == .manifestMismatch)
    }

    @Test func isRefusedBeyondTheLimits() throws {
        let bundle = try workshop.sealed(workshop.files())
        #expect(try workshop.refusal(of: bundle, limits: BundleLimits(file: 9_999)) == .tooLarge)
        #expect(try workshop.refusal(of: bundle, limits: BundleLimits(total: 9_999)) == .tooLarge)
        #expect(try workshop.refusal(of: bundle, limits: BundleLimits(files: 3)) == .tooLarge)
    }

    @Test func isRefusedWhenItIsNoArchive() throws {
        let bundle = try workshop.forged(archive: Workshop.noise(1000), manifest: manifest())
        #expect(try workshop.refusal(of: bundle) == .archiveDamaged)
    }
}
