import Blocking
import Cryptography
package import Files
import HTTP
import Synchronization

/// Answers in files, for a gathering that goes on where another one ended, or for one without a network.
///
/// They hold what people wrote and who they are, in the clear: the directory is its owner's alone (0700).
package final class AnswerStore: Sendable {
    private let directory: String
    /// How often each request was made, so that the second answer to it can be another one.
    private let counts = Mutex<[String: Int]>([:])

    /// - Throws: when the directory cannot be made.
    package init(_ directory: String) throws(FileError) {
        self.directory = directory
        try Files.makeDirectory(directory, permissions: 0o700)
    }

    /// Headers that matter for what becomes of an answer.
    private static let kept = [
        "Content-Type", "ETag", "Last-Modified", "Link", "X-Total", "X-Total-Pages", "X-Next-Page", "Date",
        "x-ms-continuationtoken", "X-Jenkins",
    ]

    private func path(_ key: String, _ count: Int) -> String {
        "\(directory)/\(SHA256.digest(of: Array(key.utf8)).hex.prefix(32))-\(count).answer"
    }

    /// Numbers a request; the first is 1.
    func count(_ key: String) -> Int {
        counts.withLock { counts in
            counts[key, default: 0] += 1
            return counts[key] ?? 1
        }
    }

    /// Keeps an answer. A program that is killed meanwhile leaves none.
    func add(_ response: HTTPResponse, to key: String, count: Int) async throws {
        var content = Array("\(key)\n\(response.status)\n".utf8)
        for name in Self.kept {
            for value in response.headers.values(of: name) { content += "\(name): \(value)\n".utf8 }
        }
        content.append(0x0A)
        content += response.body
        let (bytes, path) = (content, path(key, count))
        try await blocking { _ in
            // Losing it in a power cut costs one more request; waiting for the disk each time would cost more.
            let file = try Descriptor("\(path).part", .replace(permissions: 0o600))
            try file.write(bytes)
            try Files.move("\(path).part", to: path)
        }
    }

    /// The answer to the request of this count, else of the nearest before.
    func answer(to key: String, count: Int, limit: Int, origin: RESTAnswer.Origin, subject: String) async throws
        -> RESTAnswer?
    {
        for count in (1...max(count, 1)).reversed() {
            let path = path(key, count)
            let content = try await blocking { _ in
                try Files.status(path) == nil ? nil : try Files.read(path, limit: limit + (1 << 16))
            }
            if let content { return Self.parse(content, key, origin, subject) }
        }
        return nil
    }

    private static func parse(_ content: [UInt8], _ key: String, _ origin: RESTAnswer.Origin, _ subject: String)
        -> RESTAnswer?
    {
        var lines: [String] = []
        var rest = content[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            lines.append(line)
        }
        guard lines.count >= 2, lines[0] == key, let status = Int(lines[1]) else { return nil }
        var headers = HTTPHeaders()
        for line in lines.dropFirst(2) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers.add(String(parts[0]), String(parts[1].drop { $0 == " " })) }
        }
        return RESTAnswer(
            status: status, headers: headers, body: Array(rest), subject: subject, origin: origin)
    }

    /// Removes everything.
    package func clear() throws(FileError) { try Files.removeTree(directory) }
}
