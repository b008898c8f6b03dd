package import ControllerAPI
import Cryptography
import Files

/// Keeps what tells an agent's state directory from a copy of it, a file for each agent key.
package struct LineageFile: Sendable {
    private let directory: String
    private let agent: AgentKey

    /// - Parameter state: the directory for what the agent keeps for itself.
    package init(state: String, agent: AgentKey) {
        directory = "\(state)/lineage"
        self.agent = agent
    }

    private struct Content: Codable {
        var generation: Int
        /// Set while a registration is not answered.
        var word: String?
    }

    private var path: String { "\(directory)/\(agent).json" }
    private static let subject = "lineage"

    private func read() throws -> Content? {
        guard try Files.status(path) != nil else { return nil }
        return try WireJSON.decode(Content.self, from: Files.read(path), subject: Self.subject)
    }

    private func write(_ content: Content) throws {
        try Files.makeDirectory(directory, permissions: 0o700)
        try Files.write(WireJSON.encode(content, subject: Self.subject), to: path, permissions: 0o600)
    }

    /// What to say with the next registration. Asked again before that is answered, it is the same: the answer may have got
    /// lost on its way.
    package func next() throws -> StateLineage {
        var content = try read() ?? Content(generation: 0, word: nil)
        let word = content.word ?? Base64.url.encode(Random.bytes(18))
        if content.word == nil {
            content.word = word
            try write(content)
        }
        guard let lineage = StateLineage(generation: content.generation, word: word) else {
            throw WireError(.malformed, path, expected: "what the agent wrote", found: "something else")
        }
        return lineage
    }

    /// Notes that the controller has answered.
    /// - Parameter generation: the number in its answer; `nil` from one that does not count.
    package func answered(_ generation: Int?) throws {
        guard let generation else { return }
        try write(Content(generation: generation, word: nil))
    }

    /// Headers for requests other than registrations; none before the first one.
    package func headers() throws -> [(name: String, value: String)] {
        guard let content = try read(), content.generation > 0 else { return [] }
        return [(StateLineage.generationHeader, String(content.generation))]
            + (content.word.map { [(StateLineage.wordHeader, $0)] } ?? [])
    }
}
