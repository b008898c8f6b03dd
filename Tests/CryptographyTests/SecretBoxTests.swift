import Cryptography
import Testing

@Suite struct SecretBoxTests {
    @Test(arguments: ["", "s", "Grüße", String(repeating: "x", count: 10_000)])
    func opensWhatItSealed(text: String) throws {
        let box = try SecretBox(secret: "correct horse", purpose: "test")
        let sealed = try box.seal(text, for: "here")
        #expect(SecretBox.isSealed(sealed) && !SecretBox.isSealed(text))
        #expect(try box.open(sealed, for: "here") == text)
        #expect(try box.seal(text, for: "here") != sealed)
    }

    @Test func opensForNobodyElseAndNowhereElse() throws {
        let box = try SecretBox(secret: "correct horse", purpose: "test")
        let sealed = try box.seal("salt", for: "here")
        func code(_ body: () throws -> String) -> CryptographyError.Code? {
            do { _ = try body() } catch let error as CryptographyError { return error.code } catch {}
            return nil
        }
        let other = try SecretBox(secret: "wrong horse", purpose: "test")
        let elsewhere = try SecretBox(secret: "correct horse", purpose: "else")
        #expect(code { try other.open(sealed, for: "here") } == .damaged)
        #expect(code { try elsewhere.open(sealed, for: "here") } == .damaged)
        #expect(code { try box.open(sealed, for: "there") } == .damaged)
        #expect(code { try box.open("box1:", for: "here") } == .malformed)
        #expect(code { try box.open("salt", for: "here") } == .malformed)
        // Each byte counts: nonce, content and tag.
        let bytes = try #require(Base64.url.decode(String(sealed.dropFirst(5))))
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(code { try box.open("box1:" + Base64.url.encode(changed), for: "here") } == .damaged)
        }
    }
}
