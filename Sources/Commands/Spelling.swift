/// Finds the name that somebody probably meant.
package enum Spelling {
    /// The known name nearest to the one found; `nil` when none is near. Case does not count.
    package static func nearest(to found: String, among names: some Sequence<String>) -> String? {
        let word = Array(found.lowercased().utf8)
        guard !word.isEmpty, word.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for name in names {
            let candidate = Array(name.lowercased().utf8)
            let isBeginning = word.count >= 3 && candidate.starts(with: word)
            let distance = isBeginning ? 1 : distance(word, candidate)
            // A third of the letters may be wrong; of a short word, one.
            guard distance <= max(1, word.count / 3), distance < max(word.count, candidate.count) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
        }
        return best?.name
    }

    /// How many letters to change, add, drop or swap with their neighbour.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(current[column] + 1, previous[column + 1] + 1)
                cost = min(cost, previous[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], other == left[row - 1] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
