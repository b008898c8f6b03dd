import FoundationEssentials
import Logging
import Testing
import Timestamps

@Suite struct LogFormatTests {
    private func line(_ format: LogFormat, _ fields: LogFields, level: LogLevel = .info) -> String {
        let sink = RecordingSink()
        Logger([sink], now: { Timestamp(seconds: 1_700_000_000, microseconds: 5) }).log(
            level, "upload finished", fields)
        return sink.records.map { String(decoding: format.line($0), as: UTF8.self) }.joined()
    }

    @Test func writesAnObjectALineForPrograms() {
        let fields: LogFields = [
            "upload.name": "003.cms", "upload.bytes": 8192, "upload.seconds": .seconds(.milliseconds(1234)),
            "upload.resumed": false, "level": "odd", "ratio": .decimal(.nan),
        ]
        #expect(
            line(.json, fields, level: .warning) == """
                {"time":"2023-11-14T22:13:20.000005Z","level":"warning","message":"upload finished",\
                "upload.name":"003.cms","upload.bytes":8192,"upload.seconds":1.234,"upload.resumed":false,\
                "field.level":"odd","ratio":"nan"}

                """)
    }

    @Test func writesWordsForPeople() {
        let fields: LogFields = ["name": "003.cms", "why": "no room left", "empty": "", "count": 3, "fine": true]
        let text = line(.text, fields)
        #expect(
            text.hasSuffix(
                " INFO    upload finished  name=003.cms  why=\"no room left\"  empty=\"\"  count=3  fine=yes\n"))
        #expect(text.hasPrefix("2023-11-1"))
        #expect(text.contains("20.000005"))
        #expect(line(.terminal(colours: true), [:], level: .error).contains("\u{1b}[31mERROR\u{1b}[0m   upload"))
        #expect(!line(.terminal(colours: false), [:], level: .error).contains("\u{1b}"))
    }

    static let nasty = [
        "two\nlines", "quote\" back\\slash", "\u{1b}[31mred", "\u{0}\u{7}\u{7f}\u{85}\u{9b}", "a\u{2028}b\u{202e}c",
        "tab\tand\r", "=", "grüße 日本 🎉",
    ]

    @Test(arguments: nasty, [LogFormat.json, .text, .terminal(colours: false)])
    func staysOneHarmlessLine(value: String, format: LogFormat) {
        let text = line(format, ["value": .text(value)])
        #expect(text.hasSuffix("\n"))
        let harmful = text.dropLast().unicodeScalars.filter {
            $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) || (0x2028...0x202e).contains($0.value)
        }
        #expect(harmful.isEmpty)
    }

    @Test(arguments: [LogFormat.json, .text, .terminal(colours: false)])
    func cutsWhatIsVeryLong(format: LogFormat) {
        #expect(line(format, ["value": .text(String(repeating: "x", count: 100_000))]).count < 4300)
    }

    private struct Line: Decodable { let value: String }

    @Test(arguments: nasty)
    func programsReadBackWhatWasWritten(value: String) throws {
        let json = line(.json, ["value": .text(value)])
        #expect(try JSONDecoder().decode(Line.self, from: Data(json.utf8)).value == value)
    }
}
