package import Configuration
import Files
package import HTTP
import REST
import Tables
import XML

/// A directory of a WebDAV server (RFC 4918), such as an ownCloud or a Nextcloud.
package struct DropinStore: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// ownCloud and Nextcloud: their files are below `remote.php`.
        case owncloud
        /// The address is the directory itself.
        case webdav
    }

    package var kind: Kind
    package var base: WebAddress
    /// The directory, its parts parted by slashes.
    package var path: String
    package var user: String?
    package var password: Secret?
    package var trust: HTTPRequest.Trust = .system
    private let http: HTTPClient

    package init(_ kind: Kind, _ base: WebAddress, path: String, http: HTTPClient) {
        self.kind = kind
        self.base = base
        self.path = path
        self.http = http
    }

    /// Bytes of one file, which is held in memory while it comes.
    private static let limit = 256 << 20

    /// Replaces the files of a local directory by those of the store. All of them come, or none is replaced.
    /// - Throws: `RESTError`, `XMLError`, `FileError`.
    package func fetch(into directory: String) async throws {
        guard let (address, names) = try await list() else {
            try Files.removeTree(directory)
            return
        }
        let arriving = "\(directory).arriving"
        try Files.removeTree(arriving)
        try Files.makeDirectory(arriving, permissions: 0o700)
        for name in names {
            let answer = try await send(.get, address + PercentEncoding.encode(name))
            guard answer.isSuccess else { throw Self.refused(answer.status, address) }
            try Files.write(answer.body, to: "\(arriving)/\(name)", permissions: 0o600)
        }
        try Files.removeTree(directory)
        try Files.move(arriving, to: directory)
    }

    /// How many tables the directory has; `nil` where it is not there.
    package func count() async throws -> Int? { try await list()?.names.count }

    /// The tables in the directory, and its address; `nil` where it is not there.
    private func list() async throws -> (address: String, names: [String])? {
        let known = Set(TableSchema.catalogue.map(\.fileName))
        for address in addresses {
            let answer = try await send(.propfind, address, depth: "1")
            if answer.status == 404 || answer.status == 405 { continue }
            guard answer.status == 207 else { throw Self.refused(answer.status, address) }
            let names = try Self.names(answer.body).filter { known.contains($0) }
            return (address, Array(Set(names)).sorted())
        }
        return nil
    }

    /// Where the directory may be, with a slash at the end; the present form first.
    private var addresses: [String] {
        let prefix = base.path.hasSuffix("/") ? String(base.path.dropLast()) : base.path
        let inside = path.split(separator: "/").map { PercentEncoding.encode($0) + "/" }.joined()
        let root = "\(base.origin)\(prefix)/"
        switch kind {
        case .webdav: return [root + inside]
        case .owncloud:
            return ["remote.php/dav/files/\(PercentEncoding.encode(user ?? ""))/", "remote.php/webdav/"].map {
                root + $0 + inside
            }
        }
    }

    private func send(
        _ method: HTTPRequest.Method, _ address: String, depth: String? = nil
    ) async throws -> HTTPResponse {
        let target = try WebAddress(address)
        var request = HTTPRequest(method, target)
        if let depth {
            request.headers["Depth"] = depth
            request.headers["Content-Type"] = "application/xml; charset=utf-8"
            request.body = Array(
                #"<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/></d:prop></d:propfind>"#.utf8
            )
        }
        if let password {
            Authorization(.basic(user: user ?? ""), password, name: "the password of [dropins]").apply(to: &request)
        }
        request.trust = trust
        request.transport = target.scheme == "http" ? .plainAllowed : .secureOnly
        request.responseLimit = Self.limit
        do {
            return try await http.send(request)
        } catch {
            try Task.checkCancellation()
            throw RESTError(.unreachable(error), target.description)
        }
    }

    private static func refused(_ status: Int, _ address: String) -> any Error {
        var subject = address
        do { subject = try WebAddress(address).description } catch {}
        switch status {
        case 401: return RESTError(.unauthorised, subject, credential: "[dropins]")
        case 403: return RESTError(.forbidden(needed: nil), subject, credential: "[dropins]")
        case 404: return RESTError(.notFound, subject, credential: "[dropins]")
        default: return RESTError(.refused(status: status), subject)
        }
    }

    /// The last parts of the addresses in an answer about many (RFC 4918 §13), without those of directories.
    static func names(_ content: [UInt8]) throws -> [String] {
        var rest = content[...]
        let reader = try XMLReader("the list of dropins") { buffer in
            let count = min(buffer.count, rest.count)
            buffer.replaceSubrange(0..<count, with: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        var names: [String] = []
        var address: String?
        var isDirectory = false
        var isInAddress = false
        while let event = try reader.next() {
            switch event {
            case .start(let name, _):
                switch local(name) {
                case "response":
                    address = nil
                    isDirectory = false
                case "href":
                    isInAddress = address == nil
                    if isInAddress { address = "" }
                case "collection": isDirectory = true
                default: break
                }
            case .text(let text): if isInAddress { address? += text }
            case .end(let name):
                switch local(name) {
                case "href": isInAddress = false
                case "response":
                    guard !isDirectory, let address, !address.hasSuffix("/"),
                        let last = address.split(separator: "/").last
                    else { continue }
                    names.append(PercentEncoding.decode(last))
                default: break
                }
            }
        }
        return names
    }

    /// A name without its prefix.
    private static func local(_ name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
