import Testing
import XML

@Suite struct XMLReaderTests {
    private static let sample = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- not told -->
        <log a="1" b="&lt;&quot;">
          <msg>Gr\u{FC}\u{DF}e &amp; &#x1F600;<![CDATA[ <raw> ]]></msg><empty/></log>
        """
    private static let events: [XMLEvent] = [
        .start(name: "log", attributes: ["a": "1", "b": "<\""]), .text("\n  "), .start(name: "msg", attributes: [:]),
        .text("Gr\u{FC}\u{DF}e & \u{1F600} <raw> "), .end(name: "msg"), .start(name: "empty", attributes: [:]),
        .end(name: "empty"), .end(name: "log"),
    ]

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func tellsTheSameHoweverTheBytesCome(piece: Int) throws {
        #expect(try read(Array(Self.sample.utf8), piece: piece) == Self.events)
    }

    @Test func tellsWhatCameBeforeTheFaultAndThenTheFault() throws {
        let reader = try reader(Array("<a><b>1</b></c>".utf8))
        var events: [XMLEvent] = []
        let error = #expect(throws: XMLError.self) {
            while let event = try reader.next() { events.append(event) }
        }
        #expect(error?.code == .malformed)
        #expect(events.count == 4)
        #expect(throws: XMLError.self) { try reader.next() }
    }

    @Test(
        arguments: [
            ("", .malformed), ("<a>", .malformed), ("<a></a><b/>", .malformed), ("<a>&unknown;</a>", .malformed),
            ("<!DOCTYPE a><a/>", .documentType),
            ("<!DOCTYPE a [<!ENTITY e \"x\"><!ENTITY f \"&e;&e;\">]><a>&f;</a>", .documentType),
            ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", .documentType),
            ("<a><b><c><d/></c></b></a>", .tooDeep),
            ("<a>12345678901</a>", .tooLarge),
        ] as [(String, XMLError.Code)])
    func refusesWhatIsDamagedOrBeyondTheLimits(text: String, code: XMLError.Code) {
        let error = #expect(throws: XMLError.self) {
            try read(Array(text.utf8), limits: XMLLimits(depth: 3, textSize: 10))
        }
        #expect(error?.code == code)
    }

    @Test func refusesATagThatDoesNotEnd() {
        let start = Array("<a b=\"".utf8)
        var given = 0
        let error = #expect(throws: XMLError.self) {
            let reader = try XMLReader("test", limits: XMLLimits(tagSize: 200_000)) { buffer in
                for index in buffer.indices { buffer[index] = UInt8(ascii: "x") }
                if given == 0 { buffer.replaceSubrange(..<start.count, with: start) }
                given += buffer.count
                return buffer.count
            }
            while try reader.next() != nil {}
        }
        #expect(error?.code == .tooLarge)
        #expect(given < 400_000)
    }

    @Test(arguments: [[0xFF], [0xC3, 0x28], [0x00], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func refusesBytesThatAreNoText(bytes: [UInt8]) {
        let error = #expect(throws: XMLError.self) { try read(Array("<a>".utf8) + bytes + Array("</a>".utf8)) }
        #expect(error?.code == .malformed)
    }

    @Test func passesOnTheErrorOfItsSource() throws {
        struct Broken: Error {}
        let reader = try XMLReader("test") { _ in throw Broken() }
        #expect(throws: Broken.self) { try reader.next() }
    }

    @discardableResult
    private func read(_ bytes: [UInt8], piece: Int = 4096, limits: XMLLimits = XMLLimits()) throws -> [XMLEvent] {
        let reader = try reader(bytes, piece: piece, limits: limits)
        var events: [XMLEvent] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    private func reader(
        _ bytes: [UInt8], piece: Int = 4096, limits: XMLLimits = XMLLimits()
    ) throws -> XMLReader {
        var rest = bytes[...]
        return try XMLReader("test", limits: limits) { buffer in
            let next = rest.prefix(min(piece, buffer.count))
            buffer.replaceSubrange(..<next.count, with: next)
            rest.removeFirst(next.count)
            return next.count
        }
    }
}
