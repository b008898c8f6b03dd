import Cryptography
import Files
import TestSupport
import Testing

@Suite struct HashingTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knowsThePublishedDigests(text: String, hex: String) {
        #expect(SHA256.digest(of: Array(text.utf8)).hex == hex)
    }

    @Test(arguments: ["alice", "alice@example.org", "Zo\u{EB}", "", "jdoe"])
    func agreesWithSha256sumOnValuesBetweenSalts(value: String) {
        var hasher = SHA256Hasher()
        for _ in 0..<2 {  // the second round shows that nothing is left of the first
            hasher.update("saltA")
            hasher.update(value)
            hasher.update("pepperB")
            let digest = hasher.finish().hex
            #expect(Shell.run("printf %s \"$1\" | sha256sum", "saltA\(value)pepperB").output.hasPrefix(digest))
        }
    }

    @Test func piecesAndKindsOfInputDoNotMatter() {
        var hasher = SHA256Hasher()
        hasher.update([UInt8]("a".utf8))
        hasher.update("b")
        let rest = [UInt8]("c".utf8)
        hasher.update(rest.span)
        #expect(hasher.finish() == SHA256.digest(of: Array("abc".utf8)))
    }

    @Test func streamsAFileInBoundedMemory() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/large"
        #expect(Shell.run("head -c 40000001 /dev/zero > \"$1\"", path).status == 0)
        let digest = try SHA256.digest(ofFile: path)
        #expect(Shell.run("sha256sum \"$1\"", path).output.hasPrefix(digest.hex))
    }

    @Test func aMissingFileIsAnError() {
        #expect(throws: FileError.self) { try SHA256.digest(ofFile: "/nonexistent/file") }
    }

    @Test func digestsReadTheirOwnText() throws {
        let digest = SHA256.digest(of: [1, 2, 3])
        #expect(SHA256Digest(hex: digest.hex) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(hex: digest.hex.uppercased()) == nil)
        #expect(SHA256Digest(hex: String(digest.hex.dropLast(2))) == nil)
    }

    // RFC 4231, cases 1, 2 and 6, and an empty key computed with `openssl mac`.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            [UInt8]("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func authenticatesUnderAKey(key: [UInt8], text: String, hex: String) throws {
        var code = try HMACSHA256(key: key)
        for _ in 0..<2 {
            code.update(text)
            #expect(code.finish().hex == hex)
        }
    }
}
