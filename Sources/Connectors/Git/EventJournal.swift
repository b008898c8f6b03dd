import Files

/// The events of a repository that may not have been delivered yet, in a file beside its copy: once the copy has
/// followed the remote, nothing else tells of them.
///
/// They are written before the copy moves, and go when a later gathering begins where the one that reported them
/// ended. A gathering that ended where it began says nothing of its delivery: then they are told once more with the
/// next one, which is the same row again.
struct EventJournal {
    private(set) var events: [RefEvent] = []
    /// Whether a gathering has put the events out.
    private(set) var isReported = false

    private let path: String
    /// Where the gathering that reported the events began and ended.
    private var start = ""
    private var end = ""

    /// Opens the journal at the beginning of a gathering from a version.
    init(_ path: String, from version: String?) throws {
        self.path = path
        guard try Files.status(path) != nil else { return }
        let fields = try Files.read(path, limit: 256 << 20).split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count > 2 else { return }
        start = String(decoding: fields[0], as: UTF8.self)
        end = String(decoding: fields[1], as: UTF8.self)
        isReported = !end.isEmpty
        if isReported, start != end, version == end {
            (isReported, start, end) = (false, "", "")
            try Files.remove(path)
            return
        }
        for place in stride(from: 2, to: fields.count - 5, by: 5) {
            guard let action = RefEvent.Action(rawValue: String(decoding: fields[place], as: UTF8.self)),
                let old = ObjectID(fields[place + 2])
            else { continue }
            events.append(
                RefEvent(
                    action: action, ref: Array(fields[place + 1]), old: old, new: ObjectID(fields[place + 3]),
                    date: String(decoding: fields[place + 4], as: UTF8.self)))
        }
    }

    /// Whether events wait that no gathering has put out.
    var isWaiting: Bool { !events.isEmpty && !isReported }

    /// Takes events that are not known yet, durably.
    mutating func add(_ noticed: [RefEvent]) throws {
        let new = noticed.filter { event in !events.contains { $0.isSame(as: event) } }
        guard !new.isEmpty else { return }
        events += new
        isReported = false
        try save()
    }

    /// Drops events that turned out to be none.
    mutating func remove(where isNone: (RefEvent) throws -> Bool) throws {
        let count = events.count
        try events.removeAll(where: isNone)
        if events.count != count { try save() }
    }

    /// Call it when a gathering that began at a version and ended at another has put out all events.
    mutating func report(from start: String?, to end: String) throws {
        guard !events.isEmpty else { return }
        (self.start, self.end, isReported) = (start ?? "", end, true)
        try save()
    }

    private func save() throws(FileError) {
        guard !events.isEmpty else { return try Files.remove(path) }
        var fields = [Array(start.utf8), isReported ? Array(end.utf8) : []]
        for event in events {
            fields += [
                Array(event.action.rawValue.utf8), event.ref, event.old.bytes, event.new?.bytes ?? [],
                Array(event.date.utf8),
            ]
        }
        try Files.write(fields.flatMap { $0 + [0] }, to: path, permissions: 0o600)
    }
}
