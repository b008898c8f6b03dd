/// Whole numbers, most of which follow each other, and their short text: `1-40,42`.
package struct NumberSet: Equatable, Sendable {
    package private(set) var numbers: Set<Int>

    package init(_ numbers: Set<Int> = []) { self.numbers = numbers }

    /// What is no such text counts as empty.
    package init(text: String) {
        numbers = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last, last - first < 10_000_000 else {
                continue
            }
            numbers.formUnion(first...last)
        }
    }

    package var text: String {
        var parts: [String] = []
        var range: ClosedRange<Int>?
        func end() {
            guard let range else { return }
            parts.append(range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)")
        }
        for number in numbers.sorted() {
            if let open = range, number == open.upperBound + 1 {
                range = open.lowerBound...number
            } else {
                end()
                range = number...number
            }
        }
        end()
        return parts.joined(separator: ",")
    }
}
