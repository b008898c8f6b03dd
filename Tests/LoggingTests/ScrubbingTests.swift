import Logging
import Testing

@Suite struct ScrubbingTests {
    @Test(arguments: [
        ("nothing here", "nothing here"),
        ("by ann@people.test", "by <address>"),
        ("<ann.o'neil+x@people.test>, bob@b.test.", "<<address>>, <address>"),
        ("https://ann:secret@git.example/a.git failed", "https://<address>/a.git failed"),
        ("git@git.example:a.git", "<address>:a.git"),
        ("at @ sign, @name, name@", "at @ sign, @name, name@"),
        ("jürgen@müller.example", "<address>"),
    ])
    func takesAddressesOut(text: String, expected: String) { #expect(text.withoutAddresses == expected) }

    @Test func aSinkBehindItSeesNoAddress() {
        let sink = RecordingSink(level: .info)
        let logger = Logger([ScrubbedSink(sink)])
        logger.info("seen", ["text": "ann@people.test", "count": 3])
        logger.debug("not seen")
        #expect(sink.records.map(\.fields) == [["text": "<address>", "count": 3]])
    }
}
