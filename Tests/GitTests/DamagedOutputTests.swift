import Testing

@testable import Git

/// What a broken disk, pipe or program may make of Git's output must end in a result or an error of ours.
@Suite struct DamagedOutputTests {
    @Test func noDamageToALogCrashesTheParser() throws {
        let repository = try TestRepository()
        try repository.write("a.txt", "1\n2\n3\n")
        try repository.write("dir/b\u{E9}.txt", "1\n2\n3\n4\n")
        _ = try repository.commit("first")
        try repository.git("mv", "a.txt", "c.txt")
        try repository.write("bin.dat", "\u{0}\u{1}")
        _ = try repository.commit("second\n\nwith a body")
        let ids = Array(try repository.git("rev-list", "--reverse", "HEAD").utf8)
        let log = try repository.output(LogParser.arguments(.counts), input: ids)
        #expect(try Self.commits(in: log).map(\.changes.count) == [2, 2])
        var damage = Damage(seed: 1)
        var refused = 0
        for _ in 0..<10_000 {
            do { _ = try Self.commits(in: damage.applied(to: log)) } catch is GitError { refused += 1 }
        }
        #expect(refused > 1000)
    }

    @Test func noDamageToAListOfRefsCrashesTheParser() throws {
        let list = Array(
            """
            ref: refs/heads/main\tHEAD
            c8eb83c10bbedd2581042693eec18fc2a2205712\tHEAD
            c8eb83c10bbedd2581042693eec18fc2a2205712\trefs/heads/main
            096c5a7e8427b38a424999db03a15bd5bf93138d\trefs/tags/v1
            c8eb83c10bbedd2581042693eec18fc2a2205712\trefs/tags/v1^{}

            """.utf8)
        #expect(try Advertisement(parsing: list).tags.count == 1)
        var damage = Damage(seed: 2)
        var refused = 0
        for _ in 0..<10_000 {
            do throws(GitError) { _ = try Advertisement(parsing: damage.applied(to: list)) } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }

    private static func commits(in log: [UInt8]) throws -> [Commit] {
        var rest = log[...]
        var parser = LogParser(
            NULReader { buffer in
                // In small pieces, so that fields are cut anywhere.
                let piece = rest.prefix(97)
                buffer.replaceSubrange(0..<piece.count, with: piece)
                rest = rest.dropFirst(piece.count)
                return piece.count
            })
        var commits: [Commit] = []
        while let commit = try parser.next() { commits.append(commit) }
        return commits
    }
}

/// Damages bytes in the same way each time: xorshift64*, https://doi.org/10.1145/2845077.
private struct Damage {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) {
            guard !bytes.isEmpty else { return bytes }
            let place = below(bytes.count)
            switch below(5) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1: bytes[place] = 0
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(below(40)), at: below(bytes.count))
            default: bytes.removeSubrange(place..<min(place + 1 + below(40), bytes.count))
            }
        }
        return bytes
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    private mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
