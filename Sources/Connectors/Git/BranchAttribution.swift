/// Tells for each commit on which branch it was made: that of the oldest merge from which the commit can be
/// reached, but not from that merge's first parent. Commits made on the main line have none.
struct BranchAttribution {
    /// For each place of the graph the place of the name, or -1.
    private(set) var branches: [Int32]
    private(set) var names: [String] = []

    private let graph: CommitGraph
    /// The length of the longest way from each commit to a root.
    private let generations: [Int32]
    /// Whether a merge brought the commit, be it one without a name.
    private var isClaimed: [Bool]

    /// What is known of a commit during one merge.
    private static let fromBranch: UInt8 = 1
    private static let fromMainLine: UInt8 = 2
    private var marks: [UInt8]
    private var queue: Heap

    /// - Parameter branchNames: for each of `graph.merges` the branch it says it brought.
    init(_ graph: CommitGraph, _ branchNames: [String?]) {
        self.graph = graph
        branches = [Int32](repeating: -1, count: graph.count)
        isClaimed = [Bool](repeating: false, count: graph.count)
        marks = [UInt8](repeating: 0, count: graph.count)
        generations = Self.generations(graph)
        queue = Heap(generations)
        for (merge, name) in zip(graph.merges, branchNames).reversed() { claim(merge, name) }
    }

    /// Gives what only this merge brought to its branch, unless an older merge brought it before.
    ///
    /// Walks from the parents towards the roots, always the commit with the longest way first, so that all that is
    /// to be known of a commit is known when it is taken; ends where only the main line is left.
    private mutating func claim(_ merge: Int32, _ name: String?) {
        var branch: Int32 = -1
        if let name {
            names.append(name)
            branch = Int32(names.count - 1)
        }
        var touched: [Int32] = []
        var waitingFromBranch = 0
        func mark(_ place: Int32, _ mark: UInt8, _ state: inout Self) {
            let old = state.marks[Int(place)]
            if old == 0 {
                state.queue.push(place)
                touched.append(place)
            }
            let new = old | mark
            state.marks[Int(place)] = new
            waitingFromBranch += (new == Self.fromBranch ? 1 : 0) - (old == Self.fromBranch ? 1 : 0)
        }
        let firstParent = graph.firstParents[Int(merge)]
        graph.forEachParent(of: merge) { parent in
            mark(parent, parent == firstParent ? Self.fromMainLine : Self.fromBranch, &self)
        }
        while waitingFromBranch > 0, let place = queue.pop() {
            let found = marks[Int(place)]
            if found == Self.fromBranch {
                waitingFromBranch -= 1
                if !isClaimed[Int(place)] {
                    isClaimed[Int(place)] = true
                    branches[Int(place)] = branch
                }
            }
            let passed = found & Self.fromMainLine != 0 ? Self.fromMainLine : Self.fromBranch
            graph.forEachParent(of: place) { parent in mark(parent, passed, &self) }
        }
        queue.removeAll()
        for place in touched { marks[Int(place)] = 0 }
    }

    /// Computes the generations without recursion: histories are deeper than stacks.
    private static func generations(_ graph: CommitGraph) -> [Int32] {
        var generations = [Int32](repeating: 0, count: graph.count)
        var stack: [Int32] = []
        for start in (0..<graph.count).reversed() where generations[start] == 0 {
            stack.append(Int32(start))
            while let place = stack.last {
                let known = stack.count
                var longest: Int32 = 0
                graph.forEachParent(of: place) { parent in
                    let generation = generations[Int(parent)]
                    if generation == 0 { stack.append(parent) }
                    longest = max(longest, generation)
                }
                guard stack.count == known else { continue }
                generations[Int(place)] = longest + 1
                stack.removeLast()
            }
        }
        return generations
    }
}

/// A priority queue of places, the largest generation first.
private struct Heap {
    private let generations: [Int32]
    private var places: [Int32] = []

    init(_ generations: [Int32]) { self.generations = generations }

    mutating func removeAll() { places.removeAll(keepingCapacity: true) }

    mutating func push(_ place: Int32) {
        places.append(place)
        var child = places.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isAbove(child, parent) else { break }
            places.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> Int32? {
        guard let top = places.first, let last = places.popLast() else { return nil }
        guard !places.isEmpty else { return top }
        places[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < places.count else { break }
            let child = left + 1 < places.count && isAbove(left + 1, left) ? left + 1 : left
            guard isAbove(child, parent) else { break }
            places.swapAt(child, parent)
            parent = child
        }
        return top
    }

    private func isAbove(_ first: Int, _ second: Int) -> Bool {
        generations[Int(places[first])] > generations[Int(places[second])]
    }
}
