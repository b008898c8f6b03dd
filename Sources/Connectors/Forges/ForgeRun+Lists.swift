package import REST
import Timestamps

extension ForgeRun {
    /// Does something while lists are read ahead that will be wanted to their ends: the first time all of them.
    package func readingAhead(_ lists: [RESTRequest], _ body: () async throws -> Void) async throws {
        try await client.readingAhead(isFirst ? lists.map { .links($0) } : [], body)
    }

    /// Whether a page of a list with the newest change first is the last one of interest. A server that does not sort is
    /// read to its end.
    package func verdict(_ order: inout ListOrder, _ dates: [APIDate?]) -> PageVerdict {
        let moments = dates.compactMap(\.self)
        order.add(moments)
        guard !isFirst, order.isDescending, let last = moments.last else { return .more }
        return isBefore(last.moment) ? .stop : .more
    }

    /// Does something for each of a few elements, several at once, and returns what came of it in their order.
    package func together<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        var values = [Value?](repeating: nil, count: elements.count)
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var waiting = elements.enumerated().makeIterator()
            func start() {
                if let (index, element) = waiting.next() { group.addTask { (index, try await body(element)) } }
            }
            for _ in 0..<client.configuration.parallelism { start() }
            while let (index, value) = try await group.next() {
                values[index] = value
                start()
            }
        }
        return values.compactMap(\.self)
    }
}

/// Whether a list is sorted by date, newest first, as was asked for.
package struct ListOrder {
    private(set) var isDescending = true
    private var last: APIDate?

    package init() {}

    mutating func add(_ moments: [APIDate]) {
        for moment in moments {
            if let last, last.moment < moment.moment { isDescending = false }
            last = moment
        }
    }
}
