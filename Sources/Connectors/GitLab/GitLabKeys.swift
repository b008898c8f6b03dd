import FoundationEssentials
import HTTP
package import REST

/// The SSH keys of the account whose token it is. Needs a token with the scope `api`.
package struct GitLabKeys: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// The key was there.
        case present
        /// The key is there now; as many others of the same title are gone.
        case added(removed: Int)
    }

    private struct Key: Decodable, Sendable {
        let id: Int64
        let title: String?
        let key: String?
    }

    private let client: RESTClient

    package init(_ client: RESTClient) { self.client = client }

    /// Makes a key the only one of its title, unless the account has it under any title.
    /// - Parameter key: as in `authorized_keys`; comments do not count.
    package func put(_ key: String, title: String) async throws -> Outcome {
        var keys: [Key] = []
        _ = try await client.pages(RESTRequest("user/keys"), as: [Key].self, .links()) { page in
            keys += page
            return .more
        }
        if keys.contains(where: { $0.key.map(Self.plain) == Self.plain(key) }) { return .present }
        let old = keys.filter { $0.title == title }
        for key in old {
            var request = RESTRequest("user/keys/\(key.id)")
            request.method = .delete
            request.accepted = [404]
            _ = try await client.send(request)
        }
        var request = RESTRequest("user/keys")
        request.method = .post
        request.body = Array(try JSONEncoder().encode(["title": title, "key": key]))
        _ = try await client.send(request)
        return .added(removed: old.count)
    }

    /// The kind and the key itself.
    private static func plain(_ key: String) -> [Substring] {
        Array(key.split { $0 == " " || $0 == "\n" }.prefix(2))
    }
}
