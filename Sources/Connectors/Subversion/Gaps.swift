/// What of a repository could not be had: counts and examples, so that many faults are still few sentences.
struct Gaps {
    enum Kind: CaseIterable {
        case revision, history, date, changes
    }

    private var found: [Kind: (count: Int, first: Int)] = [:]

    mutating func note(_ kind: Kind, _ revision: Int) {
        let known = found[kind, default: (0, revision)]
        found[kind] = (known.count + 1, min(known.first, revision))
    }

    mutating func merge(_ other: Gaps) {
        for (kind, more) in other.found {
            let known = found[kind, default: (0, more.first)]
            found[kind] = (known.count + more.count, min(known.first, more.first))
        }
    }

    /// One sentence for each kind.
    var sentences: [String] {
        Kind.allCases.compactMap { kind in
            guard let (count, first) = found[kind] else { return nil }
            let revisions = count == 1 ? "revision \(first)" : "\(count) revisions, the first of which is \(first),"
            return switch kind {
            case .revision: "\(revisions) could not be read"
            case .history: "what came up to revision \(first) could not be listed"
            case .date: "\(revisions) left out for want of a date"
            case .changes: "the changes of \(revisions) could not be read"
            }
        }
    }
}
