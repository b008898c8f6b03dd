import ControllerAPI
import Cryptography
import Enrolment
import Forges
import HTTP
import SourceSettings
import Timestamps

/// A web server that sources are on, as far as its certificate is concerned.
struct SourceServer: Sendable {
    /// The sources that are there.
    var names: [String]
    let origin: WebAddress
    let trust: HTTPRequest.Trust
    let http: HTTPClient

    /// One small request over a connection of its own.
    private static let timeouts = HTTPRequest.Timeouts(connect: .seconds(10), total: .seconds(20))

    /// - Returns: `nil` where its certificate is good for long, or where nothing came: that is told by the check of the
    ///   source itself.
    func certificate() async -> PreflightReport.Check? {
        var request = HTTPRequest(.head, origin)
        request.trust = trust
        request.timeouts = Self.timeouts
        request.asksForCertificates = true
        let shown: [String]
        do throws(HTTPError) {
            shown = try await http.send(request).certificates
        } catch {
            return nil
        }
        guard let end = Certificate.end(of: shown) else { return nil }
        let check = MachineChecks.certificate(
            "source \(names.joined(separator: ", "))", "the certificate of \(origin.authority)", endsAt: end,
            counts: trust != .anybody, now: .now,
            "Tell whoever runs that server: once it has expired, nothing is gathered there.")
        return check.state == .ok ? nil : check
    }
}

extension Composition {
    /// The web servers with TLS that a project's sources are on and that may be asked.
    func servers(of project: ProjectKey) throws -> [SourceServer] {
        var servers: [SourceServer] = []
        for definition in try sourceList(of: project).gatherable where refusal(of: definition, project) == nil {
            let source: ResolvedSource
            do throws(SourceSettingsError) {
                source = try setup.resolver.resolve(definition)
            } catch {
                // Its own check tells.
                continue
            }
            for url in [source.connectionURL] + (source.platform.map { [$0.api] } ?? []) {
                guard let origin = Self.origin(of: url) else { continue }
                let trust = platforms.trust(source, path)
                if let place = servers.firstIndex(where: { $0.origin == origin && $0.trust == trust }) {
                    if !servers[place].names.contains(source.name) { servers[place].names.append(source.name) }
                    continue
                }
                servers.append(
                    SourceServer(
                        names: [source.name], origin: origin, trust: trust, http: platforms.environment.http))
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
