import ControllerAPI
import Cryptography
import Files
import TestSupport

/// A test double of a controller that wants more of an agent than its owner permits.
final class HostileController: Sendable {
    let server: ScriptedController
    private let details: ControllerDetails

    /// - Parameters:
    ///   - features: what it says that it offers.
    ///   - uploads: where it wants bundles; without, at a host that no policy here permits, so that nothing is tried.
    init(in directory: TemporaryDirectory, features: [String] = [], uploads: SSHService? = nil) throws {
        server = try ScriptedController(in: directory)
        let sealing = try Certificate(pem: String(decoding: Files.read(server.certificate.certificate), as: UTF8.self))
        let nobody = SSHService(
            host: "192.0.2.1", port: 22, user: "nobody", hostKeys: [try Self.hostKey()])
        details = ControllerDetails(
            sealingCertificate: sealing, receiptKey: try SigningKey.generate().publicKey, ssh: uploads ?? nobody,
            features: features)
        let answer = RegistrationAnswer(salts: Salts(salt: "salt", pepper: "pepper"), controller: details)
        let json = String(decoding: try answer.json(), as: UTF8.self)
        // An agent that no controller has answered asks as one of the older system does.
        for path in ["/auth/agent", "/auth/agent.py"] { try server.answer(path, [(200, json)]) }
        try permit()
    }

    static func hostKey() throws -> String {
        try SigningKey.generate().publicKey.openSSH().split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// Lets the agent gather, with these lines for its environment.
    func permit(environment: String? = nil) throws {
        let part = StatusPart(.configuration, isOK: true, contents: environment)
        let json = String(decoding: try StatusAnswer([part]).json(), as: UTF8.self)
        for path in ["/auth/status", "/auth/status.py"] { try server.answer(path, [(200, json)]) }
    }

    /// Wants these projects gathered, one wish after the other, as fast as the agent asks.
    func want(_ wishes: [[String]]) throws {
        let answers = wishes.enumerated().map { number, projects in
            let list = projects.map { "\"\($0)\"" }.joined(separator: ",")
            return (status: 200, body: "{\"trigger\":\(number + 1),\"projects\":[\(list)]}")
        }
        try server.answer("/auth/wait", answers + [(204, "")])
    }

    func requests(_ path: String) throws -> [ScriptedController.Request] {
        try server.requests().filter { $0.path == path }
    }
}

extension AgentHome {
    /// The directory of an agent of such a controller, with what its owner permits.
    convenience init(
        in directory: TemporaryDirectory, _ controller: HostileController, policy: String?,
        _ settings: [String: String] = [:]
    ) throws {
        var all = ["SSH_HOST": controller.server.address, "SSH_HTTPS_CERT": controller.server.certificate.certificate]
        all.merge(settings) { _, own in own }
        try self.init(in: directory, controller: nil, all)
        if let policy { try write(policy: policy) }
    }

    func write(policy: String) throws {
        try Files.makeDirectory("\(path)/config")
        try Files.write(policy.utf8, to: "\(path)/config/policy.json", permissions: 0o644)
    }

    func exists(_ name: String) throws -> Bool { try Files.status("\(path)/\(name)") != nil }

    func text(_ name: String) throws -> String { String(decoding: try Files.read("\(path)/\(name)"), as: UTF8.self) }

    /// What `agent status` says was refused, but for places of bundles.
    func refusals() throws -> [String] {
        try report().refusals.map { "\($0.project ?? "") \($0.text)" }.filter { !$0.contains("bundles") }
    }
}

/// A place that nobody should come to: it notes that somebody did.
final class Trap: Sendable {
    let port: UInt16
    private let path: String
    private let process: Peer

    /// - Parameter address: of the loopback network.
    init(in directory: TemporaryDirectory, address: String = "127.0.0.1") throws {
        path = "\(directory.path)/trap-\(UInt32.random(in: 0...UInt32.max))"
        process = try Peer(
            "python3",
            [
                "-u", "-c",
                """
                import socket, sys, threading
                s = socket.create_server((sys.argv[1], 0))
                def run():
                    while True:
                        c, _ = s.accept()
                        open(sys.argv[2], "a").write("somebody came\\n")
                        c.close()
                threading.Thread(target=run, daemon=True).start()
                print(s.getsockname()[1])
                sys.stdin.read()
                """, address, path,
            ])
        guard let port = UInt16(try process.line()) else { throw Ran.Failed(description: "no port") }
        self.port = port
    }

    var wasVisited: Bool {
        get throws { try Files.status(path) != nil }
    }
}

/// A web server that answers each path as a script of Python says: `answer(path)` gives status, headers and text.
final class ScriptedWeb: Sendable {
    let port: UInt16
    private let process: Peer

    init(_ script: String, _ arguments: String...) throws {
        process = try Peer(
            "python3",
            [
                "-u", "-c",
                """
                import http.server, json, sys, threading
                arguments = sys.argv[1:]
                \(script)
                class Handler(http.server.BaseHTTPRequestHandler):
                    def log_message(self, *arguments):
                        pass
                    def do_GET(self):
                        status, headers, text = answer(self.path)
                        self.send_response(status)
                        for name, value in headers.items():
                            self.send_header(name, value)
                        self.send_header("Content-Length", str(len(text)))
                        self.end_headers()
                        self.wfile.write(text.encode())
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
                port = server.server_address[1]
                threading.Thread(target=server.serve_forever, daemon=True).start()
                print(port)
                sys.stdin.read()
                """,
            ] + arguments)
        guard let port = UInt16(try process.line()) else { throw Ran.Failed(description: "no port") }
        self.port = port
    }
}
