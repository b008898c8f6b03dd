import Records
import Tables

/// Something that happened to a branch or a tag and that its present state does not tell.
struct RefEvent: Equatable {
    /// Spelled as in the rows.
    enum Action: String {
        /// A branch was moved to a commit that does not lead to the one before: commits may be lost.
        case forcedPush = "forced push"
        /// A tag names something else now.
        case moved
        /// The branch or tag is gone.
        case deleted
    }

    let action: Action
    /// The full name, as bytes.
    let ref: [UInt8]
    /// What it named before.
    let old: ObjectID
    /// What it names now; `nil` for what is gone.
    let new: ObjectID?
    /// When we noticed, in the form of the table files.
    let date: String

    var isTag: Bool { RefName.isTag(ref) }
    /// The name without `refs/heads/` or `refs/tags/`.
    var name: String {
        String(decoding: ref.split(separator: UInt8(ascii: "/"), maxSplits: 2).last ?? [], as: UTF8.self)
    }

    /// Whether another one tells of the same, noticed at another time.
    func isSame(as other: RefEvent) -> Bool { ref == other.ref && old == other.old && new == other.new }

    /// - Parameter commit: what `old` leads to. Git does not say who pushed, so nobody is named.
    func record(repository: String, commit: ObjectID) -> Record {
        Record(
            .vcsEvent,
            [
                repository, commit.text, action.rawValue, isTag ? "tag" : "branch", name, unknown, unknown, unknown,
                date,
            ])
    }

    /// What happened between two states; of branches that moved, all are taken for forced until looked at.
    static func between(_ before: [[UInt8]: ObjectID], _ after: [[UInt8]: ObjectID], date: String) -> [RefEvent] {
        before.filter { after[$0.key] != $0.value }.map { ref, old in
            let isTag = RefName.isTag(ref)
            let action = after[ref] == nil ? Action.deleted : isTag ? .moved : .forcedPush
            return RefEvent(action: action, ref: ref, old: old, new: after[ref], date: date)
        }.sorted { $0.ref.lexicographicallyPrecedes($1.ref) }
    }
}
