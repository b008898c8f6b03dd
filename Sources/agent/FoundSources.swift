import ControllerAPI
import Files
import Gathering
import QualityMetrics
import SourceSettings
import Synchronization

/// The servers of a project that its quality servers name. They are kept from one gathering to the next, so that those that
/// are no longer named leave the project's list.
final class FoundSources: Sendable {
    private struct Entry: Codable {
        let type: String
        let name: String
        let url: String
    }

    /// Where a definition comes from that is among them.
    static let origin = "a quality server"

    private let named = Mutex<[String: [FoundSource]]>([:])

    private static func path(in directories: Gatherer.Directories) -> String {
        "\(directories.workspace)/found_sources.json"
    }

    private static func stored(in directories: Gatherer.Directories) throws -> [String: [Entry]] {
        let path = path(in: directories)
        guard try Files.status(path) != nil else { return [:] }
        return try WireJSON.decode([String: [Entry]].self, from: Files.read(path, limit: 64 << 20), subject: "found")
    }

    /// What earlier gatherings found.
    /// - Parameter servers: the names of the quality servers that are configured; what others said counts no more.
    static func definitions(in directories: Gatherer.Directories, of servers: Set<String>) throws -> [SourceDefinition]
    {
        try stored(in: directories).filter { servers.contains($0.key) }.sorted { $0.key < $1.key }.flatMap {
            _, entries in
            entries.map { SourceDefinition(type: $0.type, name: $0.name, url: $0.url, origin: origin) }
        }
    }

    /// Takes what a quality server names at present.
    func add(_ sources: [FoundSource], by server: String) { named.withLock { $0[server] = sources } }

    /// Keeps it; says whether there was anything to keep.
    func write(in directories: Gatherer.Directories) throws -> Bool {
        let named = named.withLock(\.self)
        guard !named.isEmpty else { return false }
        var stored = try Self.stored(in: directories)
        for (server, sources) in named {
            stored[server] = sources.map { Entry(type: $0.type, name: $0.name, url: $0.url) }
        }
        try Files.write(
            WireJSON.encode(stored, subject: "found"), to: Self.path(in: directories), permissions: 0o600)
        return true
    }
}
