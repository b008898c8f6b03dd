import Cryptography
import Files
import TestSupport
import Testing

@Suite struct SealingTests {
    let certificate: Certificate
    let key: PrivateKey

    init() throws {
        (certificate, key) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(3600))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 1 << 20])
    func opensWhatWasSealed(count: Int) throws {
        let content = Random.bytes(count)
        let envelope = try Sealer(certificate).seal(content)
        #expect(try Opener(certificate, key).open(envelope) == content)
        #expect(try Sealer(certificate).seal(content) != envelope)
    }

    @Test func opensslOpensTheParts() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try key.save("\(path)/key.pem")
        try Files.write(certificate.pem.utf8, to: "\(path)/cert.pem")
        let sealer = try Sealer(certificate)
        var whole: [UInt8] = []
        for number in 1...3 {
            let part = Random.bytes(number * 100_001)
            whole += part
            try Files.write(try sealer.seal(part), to: "\(path)/00\(number).cms")
        }
        let result = Shell.run(
            """
            cd "$1"
            for part in 00?.cms; do openssl cms -decrypt -inform DER -inkey key.pem -in $part || exit; done > plain
            for part in 00?.cms; do openssl cms -decrypt -inform DER -inkey key.pem -recip cert.pem -in $part || exit; done |
                cmp - plain && sha256sum < plain
            """, path)
        #expect(result.output == "\(SHA256.digest(of: whole).hex)  -\n")
        let structure = Shell.run("openssl cms -cmsout -print -inform DER -in \"$1/001.cms\"", path).output
        for expected in ["id-smime-ct-authEnvelopedData", "aes-256-gcm", "dhSinglePass-stdDH-sha256kdf-scheme"] {
            #expect(structure.contains(expected), "\(expected)")
        }
    }

    @Test func opensWhatOpensslSealed() throws {
        let directory = try TemporaryDirectory()
        try Files.write(certificate.pem.utf8, to: "\(directory.path)/cert.pem")
        let result = Shell.run(
            """
            cd "$1" && printf text | openssl cms -encrypt -noindef -binary -outform DER -aes-256-gcm -out gcm cert.pem &&
            printf text | openssl cms -encrypt -noindef -binary -outform DER -aes-256-cbc -out cbc cert.pem
            """, directory.path)
        #expect(result.status == 0, "\(result.output)")
        let opener = try Opener(certificate, key)
        #expect(try opener.open(try Files.read("\(directory.path)/gcm")) == Array("text".utf8))
        // Not authenticated.
        #expect(failure { _ = try opener.open(try Files.read("\(directory.path)/cbc")) } == .malformed)
    }

    @Test func refusesEveryChangedByte() throws {
        let content = Array("a rather short content".utf8)
        let envelope = try Sealer(certificate).seal(content)
        var unnoticed = 0
        let opener = try Opener(certificate, key)
        for index in envelope.indices {
            var changed = envelope
            changed[index] ^= 0x01
            do {
                // Some bytes carry nothing: what opens all the same must be the content.
                #expect(try opener.open(changed) == content, "byte \(index)")
                unnoticed += 1
            } catch {
                #expect([.malformed, .foreign, .damaged].contains(error.code), "byte \(index)")
            }
        }
        #expect(unnoticed < 10)
    }

    @Test func refusesCutAndPaddedEnvelopes() throws {
        let envelope = try Sealer(certificate).seal(Random.bytes(100))
        let opener = try Opener(certificate, key)
        for count in [0, 1, 10, 100, envelope.count - 17, envelope.count - 1] {
            #expect(failure { _ = try opener.open(Array(envelope.prefix(count))) } == .malformed)
        }
        #expect(failure { _ = try opener.open(envelope + [0]) } == .malformed)
        #expect(failure { _ = try opener.open(envelope + envelope) } == .malformed)
        var changed = envelope
        changed[changed.count - 1] ^= 1
        #expect(failure { _ = try opener.open(changed) } == .damaged)
    }

    /// A shorter authentication tag is easier to forge.
    @Test(arguments: 1...15)
    func refusesAShortenedTag(count: Int) throws {
        var envelope = try Sealer(certificate).seal(Random.bytes(500))
        let missing = 16 - count
        envelope.removeLast(missing)
        envelope[envelope.count - count - 1] -= UInt8(missing)
        // The lengths of what is around the tag.
        for offset in [2, 19, 23] {
            let length = Int(envelope[offset]) << 8 + Int(envelope[offset + 1]) - missing
            envelope[offset] = UInt8(length >> 8)
            envelope[offset + 1] = UInt8(length & 255)
        }
        #expect(failure { _ = try Opener(certificate, key).open(envelope) } == .malformed)
    }

    @Test func refusesWhatIsSealedForAnother() throws {
        let (other, otherKey) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(3600))
        let envelope = try Sealer(other).seal([1, 2, 3])
        #expect(failure { _ = try Opener(certificate, key).open(envelope) } == .foreign)
        #expect(failure { _ = try Opener(certificate, otherKey) } == .mismatched)
    }

    @Test func sealsForCertificatesOnP256Only() throws {
        let result = Shell.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout /dev/null 2>/dev/null")
        let certificate = try Certificate(pem: result.output)
        #expect(failure { _ = try Sealer(certificate) } == .unsupported)
    }
}
