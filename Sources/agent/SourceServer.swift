import ControllerAPI
import Cryptography
import Dropins
import Enrolment
import Forges
import Gathering
import HTTP
import LDAP
import Members
import Policy
import SourceSettings
import Timestamps

/// A server with TLS that sources are on, as far as its certificate is concerned.
struct SourceServer: Sendable {
    enum Way: Sendable {
        case web(WebAddress, HTTPClient)
        case directory(DirectoryClient)
    }

    /// The sources that are there.
    var names: [String]
    /// Host and port.
    let host: String
    let trust: HTTPRequest.Trust
    let way: Way

    /// One small request over a connection of its own.
    private static let timeouts = HTTPRequest.Timeouts(connect: .seconds(10), total: .seconds(20))

    /// - Returns: `nil` where its certificate is good for long, or where nothing came: that is told by the check of the
    ///   source itself.
    func certificate() async -> PreflightReport.Check? {
        let shown: [String]
        do {
            shown = try await certificates()
        } catch {
            return nil
        }
        guard let end = Certificate.end(of: shown) else { return nil }
        let check = MachineChecks.certificate(
            "source \(names.joined(separator: ", "))", "the certificate of \(host)", endsAt: end,
            counts: trust != .anybody, now: .now,
            "Tell whoever runs that server: once it has expired, nothing is gathered there.")
        return check.state == .ok ? nil : check
    }

    private func certificates() async throws -> [String] {
        switch way {
        case .web(let origin, let http):
            var request = HTTPRequest(.head, origin)
            request.trust = trust
            request.timeouts = Self.timeouts
            request.asksForCertificates = true
            return try await http.send(request).certificates
        case .directory(var client):
            client.timeout = Self.timeouts.total
            return try await client.certificates()
        }
    }
}

extension Composition {
    /// The servers with TLS that a project's sources and lists are on and that may be asked.
    func servers(of project: ProjectKey) throws -> [SourceServer] {
        var servers: [SourceServer] = []
        func add(_ name: String, _ url: String, _ trust: HTTPRequest.Trust, _ http: HTTPClient) {
            guard let origin = Self.origin(of: url) else { return }
            if let place = servers.firstIndex(where: { $0.host == origin.authority && $0.trust == trust }) {
                if !servers[place].names.contains(name) { servers[place].names.append(name) }
                return
            }
            servers.append(SourceServer(names: [name], host: origin.authority, trust: trust, way: .web(origin, http)))
        }
        for definition in try sourceList(of: project).gatherable where refusal(of: definition, project) == nil {
            let source: ResolvedSource
            do throws(SourceSettingsError) {
                source = try setup.resolver.resolve(definition)
            } catch {
                // Its own check tells.
                continue
            }
            for url in [source.connectionURL] + (source.platform.map { [$0.api] } ?? []) {
                add(source.name, url, platforms.trust(source, path), platforms.environment.http)
            }
        }
        for list in try lists(of: project).values where policy.refusal(of: list.wanted) == nil {
            if let store = (list.source as? DropinSource)?.store {
                add(list.source.name, store.base.text, store.trust, platforms.environment.http)
            }
            if let directory = (list.source as? MemberSource)?.directory, let host = directory.secureHost {
                servers.append(
                    SourceServer(names: [list.source.name], host: host, trust: .system, way: .directory(directory)))
            }
        }
        return servers
    }

    /// `nil` where it is no address of a server with TLS.
    private static func origin(of url: String) -> WebAddress? {
        do throws(HTTPError) {
            let address = try WebAddress(url)
            return address.scheme == "https" ? try WebAddress("\(address.origin)/") : nil
        } catch {
            return nil
        }
    }
}
