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
        try answers(about: ids, as: "") { line in
            line.lastIndex(of: UInt8(ascii: " ")).flatMap { Self.number(line[($0 + 1)...]) }
        }
    }

    /// The commits that objects are or lead to, tag by tag; `nil` when that is something else or missing.
    mutating func commits(of ids: [ObjectID]) throws -> [ObjectID?] {
        try answers(about: ids, as: "^{commit}") { line in
            let words = line.split(separator: UInt8(ascii: " "))
            return words.count == 3 ? ObjectID(words[0]) : nil
        }
    }

    /// Whether what objects lead to, tag by tag, is there.
    mutating func ends(of ids: [ObjectID]) throws -> [Bool] {
        try answers(about: ids, as: "^{}") { line in line.split(separator: UInt8(ascii: " ")).count == 3 }
    }

    /// What one line says about each object.
    private mutating func answers<Answer>(
        about ids: [ObjectID], as suffix: String, _ read: ([UInt8]) -> Answer
    ) throws -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(ids.count)
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let batch = ids[start..<min(start + Self.batch, ids.count)]
            var questions: [UInt8] = []
            questions.reserveCapacity(batch.count * 80)
            for id in batch {
                questions += "info ".utf8
                id.append(to: &questions)
                questions += suffix.utf8
                questions.append(UInt8(ascii: "\n"))
            }
            try ask(questions)
            for _ in batch { answers.append(read(try line())) }
        }
        return answers
    }

    /// The parents of a commit.
    /// - Throws: where it is missing, damaged or no commit; nothing more can be asked then.
    mutating func parents(of id: ObjectID) throws -> [ObjectID] {
        try ask(Array("contents \(id.text)\n".utf8))
        guard var rest = try header() else { throw GitError(.unexpectedOutput, subject: "cat-file") }
        var parents: [ObjectID] = []
        var isHeader = true
        // The header's lines first, then the message and the line end that is not its own.
        while rest > 0 {
            let line = try line()
            rest -= line.count + 1
            guard isHeader, !line.isEmpty else {
                isHeader = false
                continue
            }
            if line.starts(with: "parent ".utf8), let parent = ObjectID(line.dropFirst(7)) { parents.append(parent) }
        }
        // A message whose last line has no end shares it with what Git puts behind.
        if rest == 0 { _ = try byte() }
        return parents
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
        let line = try line()
        return line.lastIndex(of: UInt8(ascii: " ")).flatMap { Self.number(line[($0 + 1)...]) }
    }

    /// `nil` for what is none: `missing` or `ambiguous` stands there otherwise.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        // More than any size has.
        guard digits.count <= 18 else { return nil }
        var number = 0
        for byte in digits {
            guard case 0x30...0x39 = byte else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    private mutating func line() throws -> [UInt8] {
        var line: [UInt8] = []
        while true {
            if position == end { try fill() }
            if let stop = buffer[position..<end].firstIndex(of: UInt8(ascii: "\n")) {
                line += buffer[position..<stop]
                position = stop + 1
                return line
            }
            line += buffer[position..<end]
            position = end
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
