import Cryptography
import Files
import FoundationEssentials
import TestSupport
import Testing

/// Our agent against a controller of the older system: the script `older-controller` beside this file answers its requests and
/// is its upload shell, behind a real `sshd`.
@Suite struct OlderControllerTests {
    private let directory: TemporaryDirectory
    private let home: String
    private let port: UInt16
    private let server: Peer
    private let certificate: TestCertificate

    init() throws {
        directory = try TemporaryDirectory()
        home = "\(directory.path)/older"
        try Files.makeDirectory(home)
        certificate = try TestCertificate(in: directory, name: "older")
        port = try SecureShellServer.freePort()
        server = try Peer(
            "python3", [Self.script, "serve", home, "\(port)", certificate.certificate, certificate.key])
        _ = try server.line(containing: "ready")
    }

    private static let script =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/older-controller"

    private func agent(_ settings: [String: String]) throws -> AgentHome {
        let agent = try AgentHome(
            in: directory, controller: nil, ["SSH_HOST": "127.0.0.1:\(port)"].merging(settings) { _, own in own })
        try Files.write(Files.read(certificate.certificate), to: "\(agent.path)/certs/controller.pem")
        return agent
    }

    private struct Request: Decodable {
        let path: String
        let form: [String: [String]]
    }

    private func requests() throws -> [Request] {
        try String(decoding: Files.read("\(home)/requests.jsonl"), as: UTF8.self).split(separator: "\n")
            .map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
    }

    private func imported(_ name: String) throws -> String {
        String(decoding: try Files.read("\(home)/imported/\(name)"), as: UTF8.self)
    }

    @Test func completesACycleInItsOwnProtocol() throws {
        let repository = try SampleRepository(in: directory)
        let first = try agent(["SOURCE_1_URL": repository.path])
        #expect(try first.run("register").status == 0)
        let shell = try SecureShellServer(
            in: directory, authorizedKeys: [first.key().publicKey.openSSH()],
            service: .command("\(Self.script) shell \(home)"))
        let settings = [
            "SOURCE_1_URL": repository.path, "SSH_PORT": "\(shell.port)", "SSH_USERNAME": shell.user,
            "AGENT_LOGGING": "yes", "SSH_HOST": "127.0.0.1:\(port)",
        ]
        try first.write(settings, controller: nil)
        // Nobody is trusted whom nobody named.
        let unknown = try first.run("run")
        #expect(unknown.status == 2 || unknown.status == 1, "\(unknown)")
        #expect(unknown.output.contains("ssh-keyscan -p \(shell.port)"), "\(unknown)")
        try Files.write(
            "[127.0.0.1]:\(shell.port) \(shell.hostKeys[0])\n".utf8, to: "\(first.path)/.ssh/known_hosts")

        let ran = try first.run("run")
        #expect(ran.status == 0, "\(ran)")
        let commits = try imported("data_vcs_versions.json")
        #expect(try commits.split(separator: "\"version_id\"").count - 1 == repository.count())
        #expect(!commits.contains(SampleRepository.name) && !commits.contains(SampleRepository.addresses))
        #expect(try imported("latest_vcs_versions.json").hasPrefix("{"))
        #expect(try imported("preflight_date.txt").contains("+"))
        let notification = try #require(try requests().last { $0.path == "/auth/export.py" })
        #expect(notification.form["files"]?.first?.contains("data_vcs_versions.json") == true)
        #expect(notification.form["agent"]?.first?.contains("\"key\":\"DEMO\"") == true)
        #expect(try requests().allSatisfy { $0.path.hasSuffix(".py") })

        // What it took is not gathered again.
        try Files.removeTree("\(home)/imported")
        try repository.commit("third")
        let again = try first.run("run")
        #expect(again.status == 0, "\(again)")
        #expect(try imported("data_vcs_versions.json").split(separator: "\"version_id\"").count - 1 == 1)

        // Nor by an agent that lost its state: the controller has its update trackers.
        for name in ["agent.sqlite", "gathering", "outbox", "export", "project-git-repos"] {
            try Files.removeTree("\(first.path)/\(name)")
        }
        try Files.removeTree("\(home)/imported")
        try repository.commit("fourth")
        let rebuilt = try first.run("run")
        #expect(rebuilt.status == 0, "\(rebuilt)")
        #expect(rebuilt.output.contains("gathering goes on from what the controller has imported"), "\(rebuilt)")
        #expect(try imported("data_vcs_versions.json").split(separator: "\"version_id\"").count - 1 == 1)
    }

    @Test func waitsWhileItSaysNotNow() throws {
        let agent = try agent(["SOURCE_1_URL": directory.path])
        #expect(try agent.run("register").status == 0)
        try Files.write(
            #"""
            {"tracker": {"ok": false, "message": "Next scheduled gather moment is in 1:00:00"},
             "total": {"ok": false, "message": "Some parts are not OK"}}
            """#.utf8, to: "\(home)/status.json")
        let refused = try agent.run("preflight", "--no-sources")
        #expect(refused.status == 3 && refused.output.contains("1:00:00"), "\(refused)")
    }
}
