import Tables

/// Compares how many things a server has with those that were ever delivered.
///
/// Lists that are read up to what is known do not tell what was deleted, nor that an earlier list lacked something. The
/// number of all does, and costs one request; only where it differs is the whole list read.
package struct Census {
    private let run: ForgeRun
    /// What is counted, e.g. `issue`.
    private let kind: String

    package init(_ run: ForgeRun, of kind: String) {
        self.run = run
        self.kind = kind
    }

    /// What came of it.
    package struct Result: Sendable {
        /// What the server has although it was never delivered.
        package var missing: Set<Int> = []
        /// How many more there should be, which the list does not have.
        package var lacking = 0
    }

    /// What the server says of the number of all.
    package struct Count: Sendable {
        let total: Int
        /// Whether this one is among them that came since the list was read.
        let newest: Int?

        package init(total: Int, newest: Int?) {
            self.total = total
            self.newest = newest
        }
    }

    /// - Parameters:
    ///   - seen: the numbers of this gathering.
    ///   - count: asks how many there are; `nil` where the server does not say.
    ///   - list: reads the numbers of all.
    ///   - isGone: whether something is no longer there.
    /// - Returns: `nil` where the server does not say, or nothing is known of the gatherings before.
    package func take(
        seen: Set<Int>, count: () async throws -> Count?, list: () async throws -> Set<Int>,
        isGone: @escaping @Sendable (Int) async throws -> Bool
    ) async throws -> Result? {
        let note = "numbers of \(kind)"
        let known = run.note(note).map { NumberSet(text: $0).numbers } ?? []
        guard run.isFirst || run.note(note) != nil else { return nil }
        let all = known.union(seen)
        run.note(note, NumberSet(all).text)
        guard let count = try await count() else { return nil }
        // What came since the list was read is for the next gathering.
        let newer = max(0, (count.newest ?? 0) - (all.max() ?? 0))
        guard !(all.count...all.count + newer).contains(count.total) else { return Result() }
        let listed = try await list()
        let highest = all.max() ?? 0
        let gone = Array(all.subtracting(listed).sorted().prefix(1000))
        var left = all
        for (number, isGone) in zip(gone, try await run.together(gone, isGone)) where isGone {
            left.remove(number)
            run.add(Tombstone(source: run.name, kind: kind, id: "\(number)"))
        }
        let missing = listed.subtracting(all).filter { $0 <= highest }
        left.formUnion(missing)
        run.note(note, NumberSet(left).text)
        return Result(missing: missing, lacking: max(0, count.total - newer - left.count))
    }
}
