/// Takes what looks like somebody's address out of the texts of records, before they reach a log that leaves the machine.
package final class ScrubbedSink: LogSink {
    private let sink: any LogSink

    package init(_ sink: any LogSink) { self.sink = sink }

    package var level: LogLevel { sink.level }

    package func write(_ record: LogRecord) {
        sink.write(
            LogRecord(
                time: record.time, level: record.level, message: record.message,
                fields: record.fields.mapTexts(\.withoutAddresses)))
    }
}

extension String {
    /// The text with `<address>` in place of e-mail addresses, and without the account in front of a URL's host.
    package var withoutAddresses: String {
        guard utf8.contains(UInt8(ascii: "@")) else { return self }
        var rest = self[...]
        var scrubbed = ""
        while let at = rest.firstIndex(of: "@") {
            let before = rest[..<at]
            let after = rest[rest.index(after: at)...]
            let start = before.lastIndex { !$0.isAddressPart }.map { before.index(after: $0) } ?? before.startIndex
            let end = after.firstIndex { !$0.isHostPart } ?? after.endIndex
            if start < at, at < end, after.startIndex < end {
                scrubbed += rest[..<start] + "<address>"
                rest = rest[end...]
            } else {
                scrubbed += rest[...at]
                rest = after
            }
        }
        return scrubbed + rest
    }
}

extension Character {
    /// Of the part of an address before the `@`; account and password of a URL included.
    fileprivate var isAddressPart: Bool { isLetter || isNumber || "._%+-'~!#$&*=:".contains(self) }
    fileprivate var isHostPart: Bool { isLetter || isNumber || ".-[]".contains(self) }
}
