import Blocking
import Processes

/// Answers questions about objects through one `git cat-file` that stays open (`--batch-command`, Git 2.36).
struct ObjectInspector: ~Copyable {
    private let process: Process
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var position = 0
    private var end = 0

    /// Questions asked before their answers are read: together less than the 64 KiB that a pipe holds.
    static let batch = 800

    init(_ git: GitProgram) throws {
        process = try Process.start(
            git.command(
                ["cat-file", "--buffer", "--batch-command=%(objectname) %(objecttype) %(objectsize)"], input: .pipe))
    }

    deinit { process.terminate(grace: .zero) }

    /// What may be called from any thread to end a question that takes too long.
    var interruption: @Sendable () -> Void { { [process] in process.send(.kill) } }

    /// The sizes of objects in bytes; `nil` for one that is not in the repository.
    mutating func sizes(of ids: [ObjectID]) throws -> [Int?] {
        var sizes: [Int?] = []
        sizes.reserveCapacity(ids.count)
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let batch = ids[start..<min(start + Self.batch, ids.count)]
            try ask(batch.flatMap { Array("info ".utf8) + $0.bytes + [UInt8(ascii: "\n")] })
            for _ in batch { sizes.append(try header()) }
        }
        return sizes
    }

    /// The commit that an object is or leads to, tag by tag; `nil` when it is something else.
    mutating func commit(of id: ObjectID) throws -> ObjectID? {
        try ask(Array("info \(id.text)^{commit}\n".utf8))
        let words = try line().split(separator: UInt8(ascii: " "))
        return words.count == 3 ? ObjectID(words[0]) : nil
    }

    /// How many lines a blob has as `git diff` counts them; `nil` when it is not there, 0 for binary content.
    mutating func lineCount(of id: ObjectID) throws -> Int? {
        try ask(Array("contents \(id.text)\n".utf8))
        guard let size = try header() else { return nil }
        var (lines, rest, isBinary) = (0, size, false)
        var last: UInt8?
        while rest > 0 {
            if position == end { try fill() }
            let piece = buffer[position..<min(position + rest, end)]
            // Git looks for NUL in the first 8000 bytes (FIRST_FEW_BYTES in its xdiff-interface.c).
            if size - rest < 8000, piece.prefix(8000 - (size - rest)).contains(0) { isBinary = true }
            if !isBinary { lines += piece.count { $0 == UInt8(ascii: "\n") } }
            last = piece.last
            position += piece.count
            rest -= piece.count
        }
        _ = try byte()
        if isBinary { return 0 }
        return lines + (last == nil || last == UInt8(ascii: "\n") ? 0 : 1)
    }

    /// Asks for what the lines of `questions` name; the answers come together.
    private func ask(_ questions: [UInt8]) throws(ProcessError) { try process.write(questions + Array("flush\n".utf8)) }

    /// The size in the line that answers; `nil` when the object is missing.
    private mutating func header() throws -> Int? {
        let words = try line().split(separator: UInt8(ascii: " "))
        guard words.count == 3 else { return nil }
        return Int(String(decoding: words[2], as: UTF8.self))
    }

    private mutating func line() throws -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let byte = try byte()
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
    }

    private mutating func byte() throws -> UInt8 {
        if position == end { try fill() }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func fill() throws {
        position = 0
        end = try process.read(into: &buffer)
        guard end > 0 else {
            try process.wait().requireSuccess()
            throw GitError(.unexpectedOutput, subject: "cat-file")
        }
    }
}
