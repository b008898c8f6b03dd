import Files

/// The events of a repository that may not have been delivered yet, in a file beside its copy: once the copy has
/// followed the remote, nothing else tells of them.
///
/// They are written before the copy moves, and go when a later gathering begins at the mark at which the one that told
/// them ended.
struct EventJournal {
    private(set) var events: [RefEvent] = []

    private let path: String
    /// The mark at which the gathering ended that told all of them; empty when none has.
    private var told = ""

    /// Opens the journal at the beginning of a gathering from a mark.
    init(_ path: String, from mark: ReferenceMark?) throws {
        self.path = path
        guard try Files.status(path) != nil else { return }
        let fields = try Files.read(path, limit: 256 << 20).split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count > 1 else { return }
        told = String(decoding: fields[0], as: UTF8.self)
        if !told.isEmpty, mark?.text == told {
            told = ""
            try Files.remove(path)
            return
        }
        for place in stride(from: 1, to: fields.count - 5, by: 5) {
            guard let action = RefEvent.Action(rawValue: String(decoding: fields[place], as: UTF8.self)),
                let old = ObjectID(fields[place + 2])
            else { continue }
            events.append(
                RefEvent(
                    action: action, ref: Array(fields[place + 1]), old: old, new: ObjectID(fields[place + 3]),
                    date: String(decoding: fields[place + 4], as: UTF8.self)))
        }
    }

    /// Takes events that are not known yet, durably.
    mutating func add(_ noticed: [RefEvent]) throws {
        let new = noticed.filter { event in !events.contains { $0.isSame(as: event) } }
        guard !new.isEmpty else { return }
        events += new
        try save()
    }

    /// Drops events that turned out to be none.
    mutating func remove(where isNone: (RefEvent) throws -> Bool) throws {
        let count = events.count
        try events.removeAll(where: isNone)
        if events.count != count { try save() }
    }

    /// Call it when a gathering that ends at a mark has put out all events.
    mutating func tell(at mark: ReferenceMark) throws {
        guard !events.isEmpty else { return }
        told = mark.text
        try save()
    }

    private func save() throws(FileError) {
        guard !events.isEmpty else { return try Files.remove(path) }
        var fields = [Array(told.utf8)]
        for event in events {
            fields += [
                Array(event.action.rawValue.utf8), event.ref, event.old.bytes, event.new?.bytes ?? [],
                Array(event.date.utf8),
            ]
        }
        try Files.write(fields.flatMap { $0 + [0] }, to: path, permissions: 0o600)
    }
}
