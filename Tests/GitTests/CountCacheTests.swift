import Files
import Gathering
import TestSupport
import Testing

@testable import Git

@Suite struct CountCacheTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/counts" }

    init() throws { directory = try TemporaryDirectory() }

    @Test func knowsWhatItWasToldAndNothingElse() throws {
        do {
            var cache = try CountCache(path)
            let wasEmpty = cache.wasEmpty
            #expect(wasEmpty)
            for number in 0..<30_000 { try cache.insert(Self.entry(number), for: Self.id(number), Self.id(number + 1)) }
        }
        var cache = try CountCache(path)
        let isKnown = !cache.wasEmpty
        #expect(isKnown)
        var wrong = 0
        for number in 0..<30_000 {
            if try cache.entry(for: Self.id(number), Self.id(number + 1)) != Self.entry(number) { wrong += 1 }
            if try cache.entry(for: Self.id(number + 1), Self.id(number)) != nil { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func keepsWhatALaterEntryDoesNotTell() throws {
        var cache = try CountCache(path)
        try cache.insert(.init(insertions: 1, deletions: 2, size: 3, oldLines: 4), for: Self.id(1), Self.id(2))
        try cache.insert(.init(insertions: 1, deletions: 2, size: nil, oldLines: nil), for: Self.id(1), Self.id(2))
        let entry = try cache.entry(for: Self.id(1), Self.id(2))
        #expect(entry == .init(insertions: 1, deletions: 2, size: 3, oldLines: 4))
    }

    @Test func passesOverNumbersThatDoNotFit() throws {
        var cache = try CountCache(path)
        try cache.insert(
            .init(insertions: 1 << 32, deletions: 0, size: nil, oldLines: nil), for: Self.id(1), Self.id(2))
        do {
            let found = try Self.entry(of: &cache)
            #expect(found == nil)
        }
    }

    /// Each byte of a record, damaged by itself.
    @Test(arguments: 0..<40) func aDamagedRecordIsNone(place: Int) throws {
        var cache = try CountCache(path)
        try cache.insert(Self.entry(7), for: Self.id(1), Self.id(2))
        var content = try Files.read(path)
        // The first record of a bucket of 512 bytes.
        let record = try #require(content.firstIndex { $0 != 0 }) / 512 * 512
        content[record + place] ^= 0x40
        try Files.write(content, to: path)
        var damaged = try CountCache(path)
        do {
            let found = try Self.entry(of: &damaged)
            #expect(found == nil)
        }
        try damaged.insert(Self.entry(8), for: Self.id(1), Self.id(2))
        do {
            let found = try Self.entry(of: &damaged)
            #expect(found == Self.entry(8))
        }
    }

    @Test(arguments: [0, 1, 511, 700]) func anyOtherFileIsOneThatKnowsNothing(size: Int) throws {
        try Files.write([UInt8](repeating: 0xA5, count: size), to: path)
        var cache = try CountCache(path)
        do {
            let found = try Self.entry(of: &cache)
            #expect(found == nil)
        }
        try cache.insert(Self.entry(1), for: Self.id(1), Self.id(2))
        do {
            let found = try Self.entry(of: &cache)
            #expect(found == Self.entry(1))
        }
    }

    private static func entry(of cache: inout CountCache) throws -> CountCache.Entry? {
        try cache.entry(for: id(1), id(2))
    }

    private static func entry(_ number: Int) -> CountCache.Entry {
        .init(
            insertions: number, deletions: number / 2, size: number % 5 == 0 ? nil : number * 1_000_000,
            oldLines: number % 3 == 0 ? nil : number)
    }

    /// Ids that look like those of Git: every digit depends on the number.
    private static func id(_ number: Int) -> ObjectID {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        var digits: [UInt8] = []
        while digits.count < 40 {
            state = (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 &+ 1
            digits += String(state | 1 << 63, radix: 16).utf8
        }
        return ObjectID(digits[..<40]) ?? { preconditionFailure("40 digits") }()
    }
}
