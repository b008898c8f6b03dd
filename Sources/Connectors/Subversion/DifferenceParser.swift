/// Understands the lines of `svn diff`, one after the other, and of the differences in `svn log --diff`.
///
/// Both show each file with a line `Index: <path>`, a header and hunks. Those of the log show changed properties as
/// well, which do not count here: a file of which nothing else changed is passed over.
struct DifferenceParser {
    private enum Place {
        /// Before the first file.
        case outside
        /// After `Index:`, before any hunk.
        case header
        /// In a hunk, or after the last line of one when none remain.
        case hunks
        /// After `Property changes on:`, between the hunks of the properties.
        case properties
    }

    private var place = Place.outside
    private var difference = Difference()
    private var file: ChangedFile?
    /// The lines that the hunk still has of the old and the new content.
    private var remaining = (old: 0, new: 0)
    private var hasLabels = false
    private var hasContent = false
    private var hasProperties = false

    /// Whether the next line belongs to a hunk, whatever it looks like.
    var isInHunk: Bool { remaining.old > 0 || remaining.new > 0 }

    /// - Throws: `SubversionError` with the code `unexpectedOutput`.
    mutating func take(_ line: LineReader.Line) throws(SubversionError) {
        if isInHunk { return try takeContent(line) }
        if line.starts(with: "Index: ") { return try begin(line) }
        switch place {
        case .outside: try requireBlank(line)
        case .header:
            if line.starts(with: "@@ ") { return try beginHunk(line) }
            if line.starts(with: "Property changes on: ") { return beginProperties() }
            if line.starts(with: "--- ") {
                hasLabels = true
                if line.ends(with: "(nonexistent)") { file?.kind = .added }
            } else if line.starts(with: "+++ ") {
                hasLabels = true
                if line.ends(with: "(nonexistent)") { file?.kind = .deleted }
            }
        case .hunks:
            if line.starts(with: "@@ ") { return try beginHunk(line) }
            if line.starts(with: "Property changes on: ") { return beginProperties() }
            // "\ No newline at end of file"
            if !line.starts(with: "\\") { try requireBlank(line) }
        case .properties:
            if line.starts(with: "## ") { remaining = try Self.counts(in: line) }
        }
    }

    /// All that was taken, files in the order of their paths: Subversion's own order differs from one run to the next.
    /// - Throws: `SubversionError` with the code `unexpectedOutput` where a hunk is not complete.
    mutating func finish() throws(SubversionError) -> Difference {
        guard !isInHunk else { throw Self.unexpected }
        endFile()
        // A file that was replaced by another stands there twice, first as deleted.
        difference.files = difference.files.enumerated().sorted { left, right in
            left.element.path == right.element.path
                ? left.offset < right.offset : left.element.path.lexicographicallyPrecedes(right.element.path)
        }.map(\.element)
        defer { self = DifferenceParser() }
        return difference
    }

    private mutating func begin(_ line: LineReader.Line) throws(SubversionError) {
        guard line.isWhole else { throw Self.unexpected }
        endFile()
        place = .header
        file = ChangedFile(path: Array(line.bytes.dropFirst("Index: ".utf8.count)))
        (hasLabels, hasContent, hasProperties) = (false, false, false)
        // A file may really be called so; then it is only looked at once more.
        if line.ends(with: " (deleted)") { difference.omitsDeletedContent = true }
    }

    private mutating func endFile() {
        guard let file else { return }
        // Labels without a hunk are those of the properties.
        if hasContent || !hasProperties || !hasLabels { difference.files.append(file) }
        self.file = nil
    }

    private mutating func beginHunk(_ line: LineReader.Line) throws(SubversionError) {
        remaining = try Self.counts(in: line)
        hasContent = true
        place = .hunks
    }

    private mutating func beginProperties() {
        hasProperties = true
        place = .properties
    }

    private mutating func takeContent(_ line: LineReader.Line) throws(SubversionError) {
        switch line.bytes.first {
        case UInt8(ascii: "+"):
            remaining.new -= 1
            if place == .hunks { file?.insertions += 1 }
        case UInt8(ascii: "-"):
            remaining.old -= 1
            if place == .hunks { file?.deletions += 1 }
        case UInt8(ascii: " "):
            remaining = (remaining.old - 1, remaining.new - 1)
        case UInt8(ascii: "\\"): return
        default: throw Self.unexpected
        }
        // The lines that tell merged revisions look unchanged and are counted as new ones only.
        if place == .properties { remaining = (max(remaining.old, 0), max(remaining.new, 0)) }
        guard remaining.old >= 0, remaining.new >= 0 else { throw Self.unexpected }
        if place == .hunks { difference.size += line.length - 1 }
    }

    private func requireBlank(_ line: LineReader.Line) throws(SubversionError) {
        guard line.length == 0 else { throw Self.unexpected }
    }

    /// The counts of `@@ -66,7 +66,8 @@` or `## -1 +1,2 ##`; one that is not there is 1.
    private static func counts(in line: LineReader.Line) throws(SubversionError) -> (old: Int, new: Int) {
        let words = line.bytes.dropFirst(3).split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count == 3, let old = count(words[0], after: "-"), let new = count(words[1], after: "+") else {
            throw unexpected
        }
        return (old, new)
    }

    private static func count(_ word: ArraySlice<UInt8>, after mark: Unicode.Scalar) -> Int? {
        guard word.first == UInt8(ascii: mark) else { return nil }
        let numbers = word.dropFirst().split(
            separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
        guard numbers.count == 2 else { return number(numbers[0]).map { _ in 1 } }
        guard number(numbers[0]) != nil else { return nil }
        return number(numbers[1])
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        // As many lines as nobody has, so that sums do not overflow.
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static var unexpected: SubversionError { SubversionError(.unexpectedOutput, subject: "diff") }
}
