import Files
package import Pseudonyms

/// Texts in which somebody has marked what says who somebody is, and how well a scrubber finds it.
package struct ScrubbingCorpus: Sendable {
    /// A text, and where in its UTF-8 the marks are.
    package struct Sample: Sendable {
        package let text: String
        let marks: [Range<Int>]
    }

    package let people: [String]
    package let samples: [Sample]

    /// Reads the corpus beside this file.
    package init() throws {
        let path = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/corpus.txt"
        let content = String(decoding: try Files.read(path), as: UTF8.self)
        var parts = content.split(separator: "\n----\n", omittingEmptySubsequences: true)
        let head = parts.removeFirst().split(separator: "\n\n")
        people = head.count > 1 ? head[1].split(separator: "\n").map(String.init) : []
        samples = parts.map { Self.sample(String($0)) }
    }

    private static func sample(_ marked: String) -> Sample {
        var text: [UInt8] = []
        var marks: [Range<Int>] = []
        var start = 0
        var rest = Array(marked.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: "[[".utf8) {
                start = text.count
                rest = rest.dropFirst(2)
            } else if rest.starts(with: "]]".utf8) {
                marks.append(start..<text.count)
                rest = rest.dropFirst(2)
            } else {
                text.append(byte)
                rest = rest.dropFirst()
            }
        }
        while text.last == 0x0A { text.removeLast() }
        return Sample(text: String(decoding: text, as: UTF8.self), marks: marks)
    }

    package struct Result: Sendable {
        /// Marks that were replaced whole.
        package var found = 0
        package var marks = 0
        /// Replacements that touch a mark.
        package var right = 0
        package var replacements = 0
        /// What was not found, and what was replaced for nothing.
        package var missed: [String] = []
        package var mistaken: [String] = []

        package var precision: Double { replacements == 0 ? 1 : Double(right) / Double(replacements) }
        package var recall: Double { marks == 0 ? 1 : Double(found) / Double(marks) }
    }

    package func judge(_ scrubber: TextScrubber) -> Result {
        var result = Result()
        for sample in samples {
            let bytes = Array(sample.text.utf8)
            let replaced = Self.replaced(in: bytes, Array((scrubber.scrubbed(sample.text) ?? sample.text).utf8))
            for mark in sample.marks {
                result.marks += 1
                let isFound = mark.allSatisfy { place in
                    replaced.contains { $0.contains(place) } || bytes[place] == 0x20 || bytes[place] == 0x2C
                }
                if isFound {
                    result.found += 1
                } else {
                    result.missed.append(String(decoding: bytes[mark], as: UTF8.self))
                }
            }
            for range in replaced {
                result.replacements += 1
                if sample.marks.contains(where: { $0.overlaps(range) }) {
                    result.right += 1
                } else {
                    result.mistaken.append(String(decoding: bytes[range], as: UTF8.self))
                }
            }
        }
        return result
    }

    /// The parts of a text in whose place a pseudonym stands: what lies between them is as it was.
    private static func replaced(in text: [UInt8], _ scrubbed: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        var rest = scrubbed[...]
        while !rest.isEmpty {
            guard isPseudonym(rest.prefix(64)) else {
                rest = rest.dropFirst()
                place += 1
                continue
            }
            rest = rest.dropFirst(64)
            // Up to the next pseudonym, what follows is what followed before.
            var tail: [UInt8] = []
            var ahead = rest
            while !ahead.isEmpty, !isPseudonym(ahead.prefix(64)) {
                tail.append(ahead.removeFirst())
            }
            let isLast = ahead.isEmpty
            var end = place + 1
            while end <= text.count, !(text[end...].starts(with: tail) && (!isLast || text.count - end == tail.count)) {
                end += 1
            }
            ranges.append(place..<min(end, text.count))
            place = min(end, text.count)
        }
        return ranges
    }

    private static func isPseudonym(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == 64 && bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
