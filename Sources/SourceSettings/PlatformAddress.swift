package import Configuration

/// Where the API of a repository's hosting platform is, and what the repository is called there.
package struct PlatformAddress: Sendable, Equatable {
    /// The base of the API: of GitHub and GitLab with the version where it is part of it, of Azure DevOps the host.
    package var api: String
    /// The address of the platform that people see, without a slash at the end.
    package var web: String
    /// `owner/name`, the whole path of a GitLab project, or the name of an Azure DevOps repository, which may be missing.
    package var repository: String?
    /// GitHub's owner, GitLab's first group, the collection and project of Azure DevOps.
    package var namespace: [String]
    /// GitLab's group in place of the first one.
    package var group: String?
    package var bots: [String] = []
    package var asksForCommitComments = false
    /// What part of the collections may be searched for further repositories; `true` for all.
    package var scope: String?
    /// For the API, each with a limit of its own.
    package var tokens: [Secret] = []
    /// What a message calls the place that the tokens or the password come from.
    package var credential = ""
    /// The login of Azure DevOps.
    package var user: String?
    package var password: Secret?

    init?(
        _ kind: SourceKind, original: SourceURL, url: SourceURL, section: CredentialsFile.Section, sectionName: String,
        definition: SourceDefinition
    ) {
        let options = definition.options
        let isHTTP = original.isHTTP
        // Without another word over TLS: the token goes there.
        let scheme = section.value("protocol") ?? (isHTTP ? original.scheme : "https")
        let parts = original.path.split(separator: "/").map(String.init)
        let host = url.authority
        web = "\(scheme)://\(isHTTP || url.port == nil ? host : url.host)"
        switch kind {
        case .github:
            guard let owner = parts.first, let name = PlainURL.lastPart(original.text) else { return nil }
            namespace = [owner]
            repository = "\(owner)/\(name)"
            let isPublic = url.host == "github.com" || url.host == "www.github.com"
            api = section.value("github_api_url") ?? (isPublic ? "https://api.github.com" : "\(web)/api/v3")
            bots = (section.value("github_bots") ?? "").split(separator: ",").map { $0.trimmingBlanks }
        case .gitlab:
            let strip = (section.value("strip") ?? "").split(separator: "/").map(String.init)
            var path = parts
            if !strip.isEmpty, path.starts(with: strip) { path.removeFirst(strip.count) }
            guard let first = path.first, let last = path.popLast() else { return nil }
            path.append(last.hasSuffix(".git") ? String(last.dropLast(4)) : last)
            namespace = [first]
            repository = path.joined(separator: "/")
            if !strip.isEmpty { web += "/" + strip.joined(separator: "/") }
            api = "\(web)/api/v4"
            asksForCommitComments = section.isSet("has_commit_comments")
        case .tfs, .tfvc:
            (namespace, repository) = Self.collections(original, parts)
            if kind == .tfvc, namespace.count == 1, !namespace[0].contains("/") { namespace = ["", namespace[0]] }
            if let port = section.value("web_port") { web = "\(scheme)://\(url.host):\(port)" }
            // The SSH hosts of the service have no API.
            if url.host == "ssh.dev.azure.com" { web = "https://dev.azure.com" }
            api = web
            scope = section.value("tfs")
            user = options.user ?? section.value("username.http") ?? section.value("username")
            password = options.password ?? section.secret("password")
        default: return nil
        }
        let name = kind == .github ? "github_token" : kind == .gitlab ? "gitlab_token" : "password"
        let token = options.token ?? (kind == .github || kind == .gitlab ? section.secret(name) : nil)
        tokens = token.map { $0.revealed.split { $0 == "," || $0 == " " }.map { Secret(String($0)) } } ?? []
        credential =
            options.token != nil
            ? "\(definition.origin)_TOKEN"
            : options.password != nil
                ? "\(definition.origin)_PASSWORD" : "\(name) of [\(sectionName)] in the credentials file"
    }

    /// The collection and the project in front of `_git`, and the repository behind it.
    private static func collections(_ url: SourceURL, _ parts: [String]) -> ([String], String?) {
        // ssh.dev.azure.com:v3/Organisation/Project/Repository
        if url.host == "ssh.dev.azure.com", parts.count >= 4, parts[0] == "v3" {
            return ([parts[1], parts[2]], parts[3])
        }
        let end = parts.firstIndex(of: "_git") ?? parts.endIndex
        let front = parts[..<end].map(\.percentDecoded)
        let repository = end < parts.endIndex ? parts[(end + 1)...].joined(separator: "/").percentDecoded : nil
        let prefix = front.first?.lowercased() == "tfs" ? 2 : 1
        guard front.count > prefix else {
            // https://dev.azure.com/Organisation/_git/Project: the repository has its project's name.
            return ([front.joined(separator: "/")], repository)
        }
        return ([front[..<prefix].joined(separator: "/"), front[prefix]], repository)
    }
}

extension Substring {
    var trimmingBlanks: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
