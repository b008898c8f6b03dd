/// What the cursor of a source's branches and tags says: a number for their state, one for the tags among them, and
/// how often events were told. It changes with each gathering that had anything to tell of them, so that a gathering
/// that begins at a mark proves that the one that ended there was delivered.
struct ReferenceMark: Equatable {
    let all: UInt64
    let tags: UInt64
    let tellings: Int

    init(_ remote: Advertisement, tellings: Int) {
        all = remote.digest
        tags = remote.tagDigest
        self.tellings = tellings
    }

    /// Reads what `text` gives; anything else is `nil`.
    init?(_ text: String) {
        let parts = text.split(separator: "-")
        guard parts.count == 3, let all = UInt64(parts[0], radix: 16), let tags = UInt64(parts[1], radix: 16),
            let tellings = Int(parts[2]), (0..<Int.max).contains(tellings)
        else { return nil }
        self.all = all
        self.tags = tags
        self.tellings = tellings
    }

    var text: String { "\(String(all, radix: 16))-\(String(tags, radix: 16))-\(tellings)" }
}
