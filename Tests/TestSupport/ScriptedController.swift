import Files
import FoundationEssentials

/// A web server with TLS that answers each endpoint of a controller as a test says, and keeps what it was asked.
package final class ScriptedController: Sendable {
    /// A request as it came.
    package struct Request: Decodable, Sendable {
        package let method: String
        package let path: String
        package let query: String
        package let headers: [[String]]
        package let body: String
    }

    /// `host:port`
    package let address: String
    package let certificate: TestCertificate
    private let directory: String
    private let process: Peer

    /// - Parameter clockLead: seconds by which its clock is ahead of this machine's.
    package init(
        in temporary: TemporaryDirectory, validity: TestCertificate.Validity = .current, clockLead: Int = 0
    ) throws {
        directory = "\(temporary.path)/controller-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectory("\(directory)/requests")
        certificate = try TestCertificate(in: temporary, name: "controller", validity: validity)
        try Files.write(Array(Self.script.utf8), to: "\(directory)/server.py")
        process = try Peer(
            "python3", ["\(directory)/server.py", directory, certificate.certificate, certificate.key, "\(clockLead)"])
        address = "127.0.0.1:\(try process.line())"
    }

    /// The answers to requests for a path, one after the other; the last one is given again and again.
    package func answer(_ path: String, _ answers: [(status: Int, body: String)]) throws {
        let name = path.split(separator: "/").joined(separator: "_")
        let json = try JSONEncoder().encode(answers.map { Answer(status: $0.status, body: $0.body) })
        try Files.write(Array(json), to: "\(directory)/\(name)")
    }

    package func requests() throws -> [Request] {
        try Files.list("\(directory)/requests").map {
            try JSONDecoder().decode(Request.self, from: Data(Files.read("\(directory)/requests/\($0)")))
        }
    }

    package func end() { process.kill() }

    private struct Answer: Encodable {
        let status: Int
        let body: String
    }

    private static let script = #"""
        import http.server, json, os, ssl, sys, threading, time, urllib.parse

        directory = sys.argv[1]
        lock, count = threading.Lock(), 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def date_time_string(self, timestamp=None):
                return super().date_time_string(time.time() + int(sys.argv[4]))

            def log_message(self, *arguments):
                pass

            def any(self):
                global count
                address = urllib.parse.urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with lock:
                    record = {"method": self.command, "path": address.path, "query": address.query,
                        "headers": list(map(list, self.headers.items())), "body": body.decode()}
                    name = "%s/requests/%06d" % (directory, count)
                    count += 1
                    with open(name + ".new", "w") as file:
                        json.dump(record, file)
                    os.rename(name + ".new", name)
                    answers = [{"status": 404, "body": "no such path"}]
                    script = directory + "/" + "_".join(filter(None, address.path.split("/")))
                    # An agent that does not know the controller yet asks by the paths that all controllers have.
                    if not os.path.exists(script) and script.endswith(".py"):
                        script = script[:-3]
                    if os.path.exists(script):
                        with open(script) as file:
                            answers = json.load(file)
                        if len(answers) > 1:
                            with open(script, "w") as file:
                                json.dump(answers[1:], file)
                answer = answers[0]["body"].encode()
                self.send_response(answers[0]["status"])
                self.send_header("Content-Length", str(len(answer)))
                self.send_header("Retry-After", "7")
                self.end_headers()
                self.wfile.write(answer)
            do_GET = do_POST = any

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def handle_error(self, *arguments):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """#
}
