import Files

/// The ids of a history in the order of `git rev-list`, newest first, in a file without a name: ranges of them are
/// needed one after the other, and the memory of this process is not to grow with the history.
final class CommitList: Sendable {
    let count: Int
    private let file: Descriptor
    /// All ids of a repository have as many digits.
    private let digits: UInt8

    /// An id takes its four words, so that a place is found by its number.
    private static let wordsPerID = 4

    fileprivate init(_ file: consuming Descriptor, count: Int, digits: UInt8) {
        self.file = file
        self.count = count
        self.digits = digits
    }

    /// The ids at some places, in their order.
    func ids(at places: Range<Int>) throws(FileError) -> [ObjectID] {
        var words = [UInt64](repeating: 0, count: places.count * Self.wordsPerID)
        let offset = places.lowerBound * Self.wordsPerID * MemoryLayout<UInt64>.size
        guard try file.read(at: offset, into: &words) == words.count else { throw FileError(.read, file.path, code: 0) }
        return stride(from: 0, to: words.count, by: Self.wordsPerID).map { place in
            ObjectID(words: (words[place], words[place + 1], words[place + 2], words[place + 3]), digits: digits)
        }
    }

    func id(at place: Int) throws(FileError) -> ObjectID { try ids(at: place..<(place + 1))[0] }

    /// Takes ids one by one.
    struct Writer: ~Copyable {
        private let file: Descriptor
        private var words: [UInt64] = []
        private var written = 0
        private var digits: UInt8 = 40
        private(set) var count = 0

        private static let bufferWords = 8192

        /// - Parameter path: a name that nobody else uses; it is gone when this returns.
        init(_ path: String) throws(FileError) {
            try Files.remove(path)
            let file = try Descriptor(path, .update(permissions: 0o600))
            try Files.remove(path)
            self.file = file
        }

        mutating func append(_ id: ObjectID) throws(FileError) {
            words += [id.words.0, id.words.1, id.words.2, id.words.3]
            digits = id.digits
            count += 1
            if words.count >= Self.bufferWords { try flush() }
        }

        consuming func finish() throws(FileError) -> CommitList {
            try flush()
            return CommitList(file, count: count, digits: digits)
        }

        private mutating func flush() throws(FileError) {
            try file.write(words, at: written * MemoryLayout<UInt64>.size)
            written += words.count
            words.removeAll(keepingCapacity: true)
        }
    }
}
