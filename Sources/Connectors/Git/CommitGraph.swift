/// How the commits of a list hang together, by their places in it: eight bytes a commit, whatever the ids are.
struct CommitGraph {
    /// How many commits there are.
    private(set) var count = 0
    /// Places of the merges, in the order of the list.
    private(set) var merges: [Int32] = []

    /// The place of the first parent; -1 for none, or one that is not in the list.
    private(set) var firstParents: [Int32] = []
    /// The place of a merge's second parent, or -1.
    private(set) var secondParents: [Int32] = []
    /// The further parents of an octopus merge by its place.
    private(set) var otherParents: [Int32: [Int32]] = [:]

    /// Which parent of which commit is still to come.
    private struct Expectation {
        let child: Int32
        let parent: Int
    }
    private var expected: [ObjectID: [Expectation]] = [:]

    /// Ids looked at together when the list is read again.
    private static let chunk = 1024

    /// Adds the next commit of the list.
    mutating func append(_ id: ObjectID, parents: some Collection<ObjectID>) {
        let place = Int32(count)
        count += 1
        firstParents.append(-1)
        secondParents.append(-1)
        if parents.count > 1 { merges.append(place) }
        if parents.count > 2 { otherParents[place] = [Int32](repeating: -1, count: parents.count - 2) }
        connect(id, place)
        for (number, parent) in parents.enumerated() {
            expected[parent, default: []].append(Expectation(child: place, parent: number))
        }
    }

    /// Call it when the list is at its end: clocks that go wrong make `rev-list` show a commit before one of its
    /// children, which finds its parent only now.
    mutating func finish(_ list: CommitList) throws {
        for start in stride(from: 0, to: list.count, by: Self.chunk) {
            guard !expected.isEmpty else { break }
            let places = start..<min(start + Self.chunk, list.count)
            for (place, id) in zip(places, try list.ids(at: places)) { connect(id, Int32(place)) }
        }
        expected = [:]
    }

    /// Enters a commit with the children that wait for it.
    private mutating func connect(_ id: ObjectID, _ place: Int32) {
        guard !expected.isEmpty, let children = expected.removeValue(forKey: id) else { return }
        for expectation in children {
            switch expectation.parent {
            case 0: firstParents[Int(expectation.child)] = place
            case 1: secondParents[Int(expectation.child)] = place
            default: otherParents[expectation.child]?[expectation.parent - 2] = place
            }
        }
    }

    /// Hands over the parents in the list of the commit at a place.
    func forEachParent(of place: Int32, _ body: (Int32) -> Void) {
        let first = firstParents[Int(place)]
        if first >= 0 { body(first) }
        let second = secondParents[Int(place)]
        if second >= 0 { body(second) }
        guard !otherParents.isEmpty, let others = otherParents[place] else { return }
        for parent in others where parent >= 0 { body(parent) }
    }
}
