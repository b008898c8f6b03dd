/// Reads the differences of several revisions from the output of `svn log --quiet --diff`: for each revision a line
/// of dashes, a line `r<number> | <author> | <date>`, the difference; a line of dashes at the end.
struct DifferenceLogParser {
    private var reader: LineReader
    private var parser = DifferenceParser()
    /// Whether the heading of the next revision was read already.
    private var isAfterHeading = false

    /// Dashes in the line between revisions.
    private static let separatorLength = 72

    init(_ reader: LineReader) { self.reader = reader }

    /// The next difference.
    ///
    /// - Parameters:
    ///   - revision: whose it must be.
    ///   - following: the revision after it, if any. Lines of dashes before anything else belong to the difference.
    /// - Throws: `SubversionError` with the code `unexpectedOutput`; after an error there is nothing more to read.
    mutating func difference(of revision: Int, before following: Int?) throws -> Difference {
        if !isAfterHeading {
            guard let separator = try reader.next(), Self.isSeparator(separator),
                let heading = try reader.next(), Self.isHeading(heading, of: revision)
            else { throw Self.unexpected }
        }
        isAfterHeading = false
        while let line = try reader.next() {
            guard !parser.isInHunk, Self.isSeparator(line) else {
                try parser.take(line)
                continue
            }
            guard let next = try reader.next() else { return try finish(isLast: following == nil) }
            if let following, Self.isHeading(next, of: following) {
                isAfterHeading = true
                return try finish(isLast: true)
            }
            try parser.take(line)
            try parser.take(next)
        }
        throw Self.unexpected
    }

    private mutating func finish(isLast isExpected: Bool) throws(SubversionError) -> Difference {
        guard isExpected else { throw Self.unexpected }
        return try parser.finish()
    }

    private static func isSeparator(_ line: LineReader.Line) -> Bool {
        line.length == separatorLength && line.bytes.allSatisfy { $0 == UInt8(ascii: "-") }
    }

    private static func isHeading(_ line: LineReader.Line, of revision: Int) -> Bool {
        line.bytes.starts(with: "r\(revision) | ".utf8)
    }

    private static var unexpected: SubversionError { SubversionError(.unexpectedOutput, subject: "log") }
}
