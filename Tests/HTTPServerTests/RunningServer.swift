import Blocking
import Cryptography
import Files
import HTTPServer
import TestSupport
import Timestamps

/// A server on a free port of loopback with a certificate of its own, and curl to ask it.
struct RunningServer {
    let server: WebServer
    private let directory: TemporaryDirectory
    private let scheme: String

    enum Transport { case tls, plain }

    init(
        over transport: Transport = .tls, host: String? = "127.0.0.1",
        change: (inout WebServer.Configuration) -> Void = { _ in },
        handler: @escaping WebServer.Handler
    ) throws {
        directory = try TemporaryDirectory()
        var configuration = WebServer.Configuration(.plain)
        if transport == .tls {
            let (certificate, key) = try Certificate.selfSigned(
                hosts: ["localhost", "127.0.0.1", "::1"], validity: .seconds(86400))
            try Files.write(Array(certificate.pem.utf8), to: "\(directory.path)/ca.pem")
            configuration.security = .tls(certificate: certificate.pem, key: try key.pem())
        }
        configuration.timeouts.inspection = .milliseconds(50)
        change(&configuration)
        server = try WebServer.listen(host: host, port: 0, configuration, handler)
        scheme = transport == .tls ? "https" : "http"
    }

    func url(_ target: String) -> String {
        let host = server.address.contains(":") ? "[::1]" : server.address
        return "\(scheme)://\(host):\(server.port)\(target)"
    }

    /// Starts curl; `nil` for a target of one's own among the arguments.
    func start(_ target: String?, _ arguments: [String] = []) throws -> Peer {
        try Peer(
            "curl",
            ["-sS", "--noproxy", "*", "--max-time", "60", "--cacert", "\(directory.path)/ca.pem"] + arguments
                + (target.map { ["--path-as-is", url($0)] } ?? []))
    }

    /// What curl wrote, and its exit status. Waits outside the pool that the handlers need.
    func curl(_ target: String?, _ arguments: [String] = []) async throws -> (text: String, status: Int32) {
        let program = try start(target, arguments)
        return try await blocking { _ in (try program.rest(), program.wait()) }
    }

    /// Sends bytes as they are over a plain connection, and returns what comes back until the server closes.
    func send(_ text: String, then more: String = "") async throws -> String {
        let script = "exec 3<>/dev/tcp/\(server.address)/\(server.port) && printf '%b' '\(text)' >&3; \(more) cat <&3"
        return try await blocking { _ in try Peer("bash", ["-c", script]).rest() }
    }
}

/// What the program still writes. Waits outside the pool that the handlers need.
func rest(_ program: Peer) async throws -> String {
    try await blocking { _ in try program.rest() }
}
