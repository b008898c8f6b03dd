import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing
import Timestamps

@testable import Bundles

@Suite struct BundleTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test(arguments: [0, 10_000, 3_000_000])
    func opensWhatWasSealed(tableSize: Int) throws {
        let files = try workshop.files(tableSize: tableSize)
        let bundle = try workshop.sealed(files)
        let manifest = try workshop.open(bundle)
        #expect(try manifest == workshop.contents(files).manifest())
        #expect(try Files.list(workshop.target) == files.map(\.name).sorted())
        for file in files {
            let opened = "\(workshop.target)/\(file.name)"
            #expect(try SHA256.digest(ofFile: opened) == file.sha256)
            #expect(try Files.status(opened)?.permissions == 0o600)
        }
    }

    @Test func aBundleMayHaveNoFiles() throws {
        let bundle = try workshop.sealed([])
        #expect(bundle.announcement.parts.map(\.name) == ["001.cms"])
        #expect(try workshop.open(bundle).files == [])
    }

    @Test func numbersItsPartsAndKeepsThemForTheOwner() throws {
        let bundle = try workshop.sealed(workshop.files(tableSize: 100_000))
        #expect(bundle.announcement.parts.map(\.name) == ["001.cms", "002.cms", "003.cms", "004.cms"])
        #expect(try Files.list(workshop.parts) == bundle.announcement.parts.map(\.name))
        for part in bundle.announcement.parts {
            let status = try #require(try Files.status("\(workshop.parts)/\(part.name)"))
            #expect(status.permissions == 0o600)
            #expect(status.size == part.size)
            #expect(try SHA256.digest(ofFile: "\(workshop.parts)/\(part.name)") == part.sha256)
        }
        #expect(try Files.status(workshop.parts)?.permissions == 0o700)
    }

    @Test func holdsOnePartOfAnyAmount() throws {
        try Files.makeDirectory(workshop.parts)
        let writer = PartWriter(
            directory: workshop.parts, sealer: try Sealer(workshop.certificate), partSize: 100_000)
        let piece = Workshop.noise(70_000)
        for _ in 0..<30 { try writer.write(piece) }
        #expect(writer.largestPending == 100_000)
        let parts = try writer.finish()
        #expect(parts.count == 21)
        let reader = PartReader(
            directory: workshop.parts, parts: parts, opener: try Opener(workshop.certificate, workshop.privateKey))
        var sizes: [Int] = []
        while true {
            let bytes = try reader.read()
            if bytes.isEmpty { break }
            sizes.append(bytes.count)
        }
        #expect(sizes == Array(repeating: 100_000, count: 21))
        #expect(reader.isAtEnd)
    }

    @Test func openSSLAndTarOpenItToo() throws {
        let files = try workshop.files(tableSize: 500_000)
        _ = try workshop.sealed(files)
        try workshop.privateKey.save("\(workshop.directory.path)/key.pem")
        try Files.write(workshop.certificate.pem.utf8, to: "\(workshop.directory.path)/certificate.pem")
        let result = Shell.run(
            """
            set -eo pipefail
            cd "$1"
            mkdir unpacked
            for part in parts/*.cms; do
                openssl cms -decrypt -inform DER -in "$part" -inkey key.pem -recip certificate.pem
            done | tar --zstd -x -C unpacked
            cd unpacked
            python3 - <<'PYTHON'
            import hashlib, json, os
            manifest = json.load(open("manifest.json"))
            listed = {file["name"]: (file["size"], file["sha256"]) for file in manifest.pop("files")}
            content = {name: open(name, "rb").read() for name in os.listdir() if name != "manifest.json"}
            assert listed == {name: (len(c), hashlib.sha256(c).hexdigest()) for name, c in content.items()}
            print(json.dumps(manifest, sort_keys=True))
            PYTHON
            """, workshop.directory.path)
        #expect(
            result.output == """
                {"agent": "AGENT", "created": "2023-11-14T22:13:20Z", "format": 1, "previous": null, \
                "project": "DEMO", "pseudonym_scheme": 1, "run": "20260102T030405Z-00000001", "schema": 3}

                """)
        #expect(result.status == 0)
    }

    @Test func isKeptAsJSONUntilItIsDelivered() throws {
        let bundle = try workshop.sealed(workshop.files())
        let json = try WireJSON.encode(bundle, subject: "bundle")
        #expect(try WireJSON.decode(SealedBundle.self, from: json, subject: "bundle") == bundle)
    }

    @Test func readsTheManifestWithWhateverElseANewerWriterSays() throws {
        let json = """
            {"format": 1, "agent": "A", "project": "P", "run": "20260102T030405Z-00000002", "schema": 1, "created": "2026-01-02T03:04:05Z",
             "previous": "20260102T030405Z-00000001", "pseudonym_scheme": 2, "files": [], "more": {"later": true}}
            """
        let manifest = try Manifest(json: Array(json.utf8), limits: BundleLimits())
        #expect(manifest.previous?.text == "20260102T030405Z-00000001")
        #expect(manifest.pseudonymScheme == 2)
        #expect(manifest.created.rfc3339 == "2026-01-02T03:04:05Z")
    }
}
