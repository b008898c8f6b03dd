import Bundles
import ControllerAPI
import Cryptography
import Files
import Fleet
import Tables
import Timestamps

/// The agents of a benchmark, a directory each with key, token and one sealed bundle.
struct Crowd: Sendable {
    let directory: String
    let count: Int

    /// Rows of a bundle; together they have the bytes that are wanted.
    static let rows = 250

    func name(_ number: Int) -> String { "AGENT\(number)" }
    func path(_ number: Int) -> String { "\(directory)/\(name(number))" }
    func key(_ number: Int) throws -> SigningKey { try SigningKey.load("\(path(number))/key") }
    func token(_ number: Int) throws -> String {
        String(decoding: try Files.read("\(path(number))/token"), as: UTF8.self)
    }

    func bundle(_ number: Int) throws -> SealedBundle {
        try WireJSON.decode(SealedBundle.self, from: Files.read("\(path(number))/bundle.json"), subject: "bundle")
    }

    /// - Parameter bytes: of a bundle, about.
    func prepare(state: String, bytes: Int) async throws {
        let fleet = try Fleet("\(state)/controller.sqlite")
        let certificate = try Certificate(
            pem: String(decoding: Files.read("\(state)/certificate.pem"), as: UTF8.self))
        for number in 0..<count {
            let agent = try AgentKey(name(number)), project = try ProjectKey(name(number))
            let place = path(number)
            try Files.makeDirectory(place, permissions: 0o700)
            let key = try SigningKey.generate()
            try key.save("\(place)/key")
            let token = try await fleet.enrol(agent, for: [project], validity: .seconds(86400))
            try Files.write(token.utf8, to: "\(place)/token", permissions: 0o600)
            let segment = try TableSegment(.tag, path: "\(place)/segment")
            for row in 0..<Self.rows {
                // Base64 of chance shrinks by a quarter.
                let text = Base64.standard.encode(Random.bytes(bytes / Self.rows))
                try segment.append(
                    Row(values: ["demo", "v\(row)", "abc", text, "0", "t", "e"], protection: .pseudonymised))
            }
            let table = try TableWriter.write(.tag, segments: [try segment.finish()], in: place)
            let contents = BundleWriter.Contents(
                identity: BundleIdentity(agent: agent, project: project, run: RunID()), schemaVersion: 1, created: .now,
                previous: nil, pseudonymScheme: 1, files: [BundleFile(table)])
            let sealed = try BundleWriter(Sealer(certificate), key).seal(contents, into: "\(place)/parts")
            try Files.write(
                WireJSON.encode(sealed, subject: "bundle"), to: "\(place)/bundle.json", permissions: 0o600)
            for name in try Files.list(place)
            where name.hasSuffix(".json") && name.hasPrefix("data_") || name == "segment" {
                try Files.remove("\(place)/\(name)")
            }
        }
    }
}
