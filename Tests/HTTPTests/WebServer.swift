import Files
import HTTP
import TestSupport

/// A small Python web server that behaves as its paths say; see `script`.
struct WebServer: Sendable {
    let directory: TemporaryDirectory
    let process: Peer
    let port: String

    init(certificate: TestCertificate? = nil, directory: TemporaryDirectory) throws {
        self.directory = directory
        let path = "\(directory.path)/server.py"
        try Files.write(Array(Self.script.utf8), to: path)
        process = try Peer("python3", ["-W", "ignore", path] + (certificate.map { [$0.certificate, $0.key] } ?? []))
        port = try process.line()
    }

    func request(_ path: String, _ method: HTTPRequest.Method = .get) throws -> HTTPRequest {
        var request = try HTTPRequest(method, "http://127.0.0.1:\(port)\(path)")
        request.transport = .plainAllowed
        return request
    }

    static let script = #"""
        import gzip, http.server, json, os, ssl, sys, threading, urllib.parse

        connections = 0
        rounds = threading.Barrier(10, timeout=30)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def setup(self):
                global connections
                connections += 1
                super().setup()

            def log_message(self, *arguments):
                pass

            def answer(self, body, status=200, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def any(self):
                address = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(address.query))
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = address.path
                if path == "/echo":
                    self.answer(json.dumps({"method": self.command, "target": self.path,
                        "headers": [[n.lower(), v] for n, v in self.headers.items()],
                        "body": body.decode()}).encode(), X_Twice="a", x_twice="b")
                elif path == "/connections":
                    self.answer(str(connections).encode())
                elif path == "/bytes":
                    self.answer(b"x" * int(query["n"]))
                elif path == "/chunked":
                    self.send_response(200)
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for _ in range(int(query["n"])):
                        self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
                    if "cut" not in query:
                        self.wfile.write(b"0\r\n\r\n")
                    else:
                        self.close_connection = True
                elif path == "/gzip":
                    self.answer(gzip.compress(b"x" * int(query["n"])), Content_Encoding="gzip")
                elif path == "/status":
                    self.answer(b"as told", int(query["s"]))
                elif path == "/redirect":
                    self.answer(b"", int(query.get("s", "302")), Location=query["to"])
                elif path == "/truncated":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b"only this")
                    self.close_connection = True
                elif path == "/nothing":
                    self.close_connection = True
                elif path == "/garbage":
                    self.wfile.write(b"this is not HTTP\r\n\r\n")
                    self.close_connection = True
                elif path == "/manyheaders":
                    self.send_response(200)
                    for number in range(400):
                        self.send_header("X-%d" % number, "y" * 1000)
                    self.end_headers()
                    self.close_connection = True
                elif path == "/stall":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b"beginning")
                    self.wfile.flush()
                    self.rfile.read(1)
                elif path == "/trickle":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    pause = threading.Event()
                    for _ in range(1000):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                        pause.wait(0.05)
                elif path == "/together":
                    # Answers once a number of requests are here at the same time.
                    rounds.wait()
                    self.answer(b"together")
                elif path == "/hang":
                    print("hanging", flush=True)
                    self.rfile.read(1)
                    print("gone", flush=True)
                else:
                    self.answer(b"hello")
            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = any

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256
            def handle_error(self, *arguments):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        if len(sys.argv) > 1:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            if len(sys.argv) > 3:
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
                context.set_ciphers("ALL:@SECLEVEL=0")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """#
}
