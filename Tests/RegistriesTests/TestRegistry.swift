import Configuration
import HTTP
import REST
import Registries
import RegistryDefinitions
import Synchronization
import TestSupport
import Timestamps

/// The registry in Python, and sources that ask it.
final class TestRegistry {
    private let process: Peer
    private let port: String
    private let http: HTTPClient

    init(_ count: Int) throws {
        let directory = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        process = try Peer("python3", ["\(directory)/registry-server.py", "\(count)"])
        port = try process.line()
        http = try HTTPClient(.init(userAgent: "test/1"))
    }

    /// - Parameter resource: members of the one resource besides key, table and fields.
    func source(
        _ login: String = "none", _ loginMember: String = "", resource: String, fields: String = #""name": "name""#,
        key: String = "id", more: String = ""
    ) throws -> RegistrySource {
        let loginText = loginMember.isEmpty ? "" : #""login": \#(loginMember), "#
        return try source(
            below: "api/\(login == "form" ? "" : "\(login)/")",
            """
            {"base": "https://registry.example/", \(loginText)
             "resources": [{\(resource), "key": "\(key)", "table": "rest_line", "fields": {\(fields)}}\(more)]}
            """)
    }

    func source(below path: String, _ definition: String, password: String = "s3cret ü") throws -> RegistrySource {
        var settings = RegistrySettings(
            name: "Lines", base: try WebAddress("http://127.0.0.1:\(port)/\(path)"),
            definition: try RegistryDefinition(Array(definition.utf8), path: "lines.json"), http: http)
        settings.user = "reader"
        settings.password = Secret(password)
        settings.token = Secret("t0ken")
        settings.clock = RESTClock(now: { .now }, sleep: { _ in }, chance: { 0 })
        return RegistrySource(settings)
    }

    /// Changes how the server behaves; an empty text heals it.
    func set(_ faults: String) async throws { _ = try await ask("/__set?\(faults)") }

    func requests() async throws -> [String] {
        String(decoding: try await ask("/__log"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func ask(_ path: String) async throws -> [UInt8] {
        var request = try HTTPRequest(.get, "http://127.0.0.1:\(port)\(path)")
        request.transport = .plainAllowed
        return try await http.send(request).body
    }
}
