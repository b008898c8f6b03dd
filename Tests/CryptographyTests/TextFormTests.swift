import Cryptography
import Testing

@Suite struct TextFormTests {
    @Test(arguments: [
        ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
        ("foobar", "Zm9vYmFy", "Zm9vYmFy"), ("\u{FF}\u{FE}>?", "w7/Dvj4/", "w7_Dvj4_"),
    ])
    func writesAndReadsBase64(text: String, standard: String, url: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.standard.encode(bytes) == standard)
        #expect(Base64.url.encode(bytes) == url)
        #expect(Base64.standard.decode(standard) == bytes)
        #expect(Base64.url.decode(url) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zm9v=", "Zm9v====", "Zm 9v", "Zm9v\n", "=", "Zg==Zg==",
    ])
    func refusesBase64ThatIsNotCanonical(text: String) {
        #expect(Base64.standard.decode(text) == nil)
    }

    @Test(arguments: ["Zg==", "w7/D", "Z", "Zh"])
    func refusesTheOtherAlphabet(text: String) {
        #expect(Base64.url.decode(text) == nil)
    }

    @Test(arguments: 0..<70)
    func everyLengthReadsBack(count: Int) {
        let bytes = Random.bytes(count)
        #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
        #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test(arguments: ["0", "0g", "AB", "é"])
    func refusesWhatIsNotLowerCaseHexadecimal(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func randomBytesDiffer() {
        #expect(Random.bytes(16) != Random.bytes(16))
        #expect(Random.bytes(0) == [])
    }

    @Test func comparesWhole() {
        #expect(ConstantTime.equal([1, 2], [1, 2]))
        #expect(!ConstantTime.equal([1, 2], [1, 3]))
        #expect(!ConstantTime.equal([1, 2], [1]))
        #expect(ConstantTime.equal([], []))
    }
}
