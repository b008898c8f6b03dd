import Files

/// What Git found out when it compared two contents, by the ids of the two. It holds for any commit of any
/// repository, so a history that was rewritten, a fork or a second clone need hardly any comparison.
///
/// A hash table in a file of fixed size per level: a key has one bucket in each level, and goes to the first whose
/// bucket has room. Nothing is ever moved, so workers, each with a value of its own, need no lock: at worst one
/// overwrites what another has just put there. A record that is torn or damaged is one that is not there; the file
/// can be removed whenever no gathering runs.
struct CountCache: ~Copyable {
    /// What is known of a pair.
    struct Entry: Equatable {
        var insertions: Int
        var deletions: Int
        /// The bytes of the new content; `nil` when it is not known.
        var size: Int?
        /// The lines of the old content; `nil` when they were not counted.
        var oldLines: Int?
    }

    private let file: Descriptor
    private var bucket = [UInt64](repeating: 0, count: Self.bucketWords)
    /// Whether there was nothing in it when it was opened.
    let wasEmpty: Bool

    /// A record: two words of key, the counts, the size, the lines of the old content with the check sum.
    private static let recordWords = 5
    private static let recordsPerBucket = 12
    /// 512 bytes, so that a bucket is never spread over two pages.
    private static let bucketWords = 64
    /// Each level has four times as many buckets as the one before: 1024 to 262,144, together 4.2 million records in
    /// at most 171 MiB. What finds no room in the last one takes another's place.
    private static let levels = 5
    private static let firstLevelBuckets = 1024
    private static let unknown = UInt64(UInt32.max)

    /// - Parameter path: the file, which is made where there is none. Its name tells the form, which never changes.
    init(_ path: String) throws(FileError) {
        let file = try Descriptor(path, .update(permissions: 0o600))
        wasEmpty = try file.inspect().size == 0
        self.file = file
    }

    /// What is known of the change from one content to another.
    mutating func entry(for old: ObjectID, _ new: ObjectID) throws(FileError) -> Entry? {
        let key = Key(old, new)
        for level in 0..<Self.levels {
            let offset = Self.offset(of: key, level)
            guard try load(offset) else { return nil }
            switch find(key) {
            case .record(let place): return Self.entry(bucket[place..<(place + Self.recordWords)])
            case .free: return nil
            case .full: continue
            }
        }
        return nil
    }

    /// Keeps what was found out about a pair.
    mutating func insert(_ entry: Entry, for old: ObjectID, _ new: ObjectID) throws(FileError) {
        let key = Key(old, new)
        var entry = entry
        for level in 0..<Self.levels {
            let offset = Self.offset(of: key, level)
            let place: Int
            switch try load(offset) ? find(key) : .free(0) {
            case .free(let found): place = found
            case .record(let found):
                place = found
                let known = Self.entry(bucket[found..<(found + Self.recordWords)])
                entry.size = entry.size ?? known.size
                entry.oldLines = entry.oldLines ?? known.oldLines
                if entry == known { return }
            case .full where level == Self.levels - 1:
                place = Int(key.second % UInt64(Self.recordsPerBucket)) * Self.recordWords
            case .full: continue
            }
            guard let record = Self.record(key, entry) else { return }
            return try file.write(record, at: offset + place * MemoryLayout<UInt64>.size)
        }
    }

    /// 128 bits of two ids, which are hashes themselves.
    private struct Key {
        let first: UInt64
        let second: UInt64

        init(_ old: ObjectID, _ new: ObjectID) {
            let (one, two) = (old.words, new.words)
            first = one.0 ^ rotated(two.1 ^ two.3, 23)
            second = one.1 ^ one.2 ^ one.3 ^ rotated(two.0 ^ two.2, 41)
        }
    }

    private enum Finding {
        case record(Int)
        case free(Int)
        case full
    }

    /// Loads a bucket; false where the file does not reach that far.
    private mutating func load(_ offset: Int) throws(FileError) -> Bool {
        let count = try file.read(at: offset, into: &bucket)
        for place in count..<max(count, bucket.count) { bucket[place] = 0 }
        return count > 0
    }

    /// Looks for a key in the bucket.
    private func find(_ key: Key) -> Finding {
        var free: Int?
        for place in stride(from: 0, to: Self.recordsPerBucket * Self.recordWords, by: Self.recordWords) {
            let isSame = bucket[place] == key.first && bucket[place + 1] == key.second
            if isSame || free == nil {
                let isSound = Self.check(bucket[place..<(place + Self.recordWords)]) == bucket[place + 4] & Self.unknown
                if isSame && isSound { return .record(place) }
                if !isSound, free == nil { free = place }
            }
            // Records are put in from the start, so nothing lies behind one that was never written.
            if bucket[place + 4] == 0 { break }
        }
        return free.map { .free($0) } ?? .full
    }

    private static func offset(of key: Key, _ level: Int) -> Int {
        let buckets = UInt64(firstLevelBuckets) << UInt64(2 * level)
        // The levels before this one: 1 + 4 + 16 and so on times the first.
        let start = UInt64(firstLevelBuckets) * ((1 << UInt64(2 * level)) - 1) / 3
        let place = start + rotated(key.first, 13 * UInt64(level)) % buckets
        return Int(place) * bucketWords * MemoryLayout<UInt64>.size
    }

    private static func entry(_ record: ArraySlice<UInt64>) -> Entry {
        let words = Array(record)
        let lines = words[4] >> 32
        return Entry(
            insertions: Int(words[2] >> 32), deletions: Int(words[2] & unknown),
            size: Int(exactly: words[3]), oldLines: lines == unknown ? nil : Int(lines))
    }

    /// `nil` for numbers that do not fit, which are counted again each time.
    private static func record(_ key: Key, _ entry: Entry) -> [UInt64]? {
        guard let insertions = UInt32(exactly: entry.insertions), let deletions = UInt32(exactly: entry.deletions)
        else { return nil }
        let lines = entry.oldLines.flatMap { UInt32(exactly: $0) } ?? .max
        var words = [
            key.first, key.second, UInt64(insertions) << 32 | UInt64(deletions), entry.size.map { UInt64($0) } ?? .max,
            UInt64(lines) << 32,
        ]
        words[4] |= check(words[...])
        return words
    }

    /// 32 bits over all but themselves; never those of a record of zeros.
    private static func check(_ record: ArraySlice<UInt64>) -> UInt64 {
        var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
        for place in record.indices {
            let word = place == record.endIndex - 1 ? record[place] >> 32 : record[place]
            sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
            sum ^= sum >> 32
        }
        return sum & unknown
    }
}

private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    bits == 0 ? word : word << bits | word >> (64 - bits)
}
