import Configuration
import Files
import HTTP
import REST
import Synchronization
import TestSupport
import Timestamps

/// A small API in Python whose paths say how it behaves; see `script`.
final class APIServer: Sendable {
    let directory: TemporaryDirectory
    let port: String
    private let process: Peer
    private let http: HTTPClient
    let clock = StoppedClock()

    init() throws {
        directory = try TemporaryDirectory()
        let path = "\(directory.path)/server.py"
        try Files.write(Array(Self.script.utf8), to: path)
        process = try Peer("python3", ["-W", "ignore", path])
        port = try process.line()
        http = try HTTPClient(.init(userAgent: "test/1"))
    }

    func client(
        _ authorizations: [Authorization] = [], share: Double = 1, stores: RESTStores = RESTStores(),
        change: (inout RESTClient.Configuration) -> Void = { _ in }
    ) throws -> RESTClient {
        var configuration = RESTClient.Configuration(base: try WebAddress("http://127.0.0.1:\(port)/api"))
        configuration.clock = clock.rest
        configuration.timeouts = .init(connect: .seconds(60), stall: .seconds(60), total: .seconds(120))
        change(&configuration)
        return RESTClient(configuration, http: http, pool: TokenPool(authorizations, share: share), stores: stores)
    }

    /// How often each path was asked for, and whatever else the server noted.
    func requests() async throws -> [String] {
        try await client().send(RESTRequest("log")).decode([String].self)
    }

    static let script = #"""
        import gzip, http.server, json, sys, threading, time, urllib.parse

        log, counts, lock = [], {}, threading.Lock()
        left = {}
        gate, arrived = threading.Condition(), set()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *arguments):
                pass

            def answer(self, value, status=200, headers={}, raw=None):
                body = raw if raw is not None else json.dumps(value).encode()
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                if status != 304:
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def do_GET(self):
                address = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(address.query))
                path = address.path[len("/api/"):]
                if path == "log":
                    return self.answer(log)
                login = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
                with lock:
                    log.append(self.path)
                    counts[path] = count = counts.get(path, 0) + 1
                base = "http://" + self.headers["Host"] + address.path
                if path == "login":
                    return self.answer([login])
                if path == "challenge":
                    if not login:
                        return self.answer({}, 401, {"WWW-Authenticate": 'Basic realm="x"'})
                    return self.answer([login])
                if path == "flaky":
                    return self.answer(["well"]) if count > 2 else self.answer({}, 502)
                if path == "broken":
                    if count > 2:
                        return self.answer(["well"])
                    self.close_connection = True
                    return
                if path == "down":
                    return self.answer({}, 500)
                if path == "limit":
                    headers = {"Retry-After": query["after"]} if "after" in query else {}
                    return self.answer(["well"]) if count > int(query.get("times", 1)) else self.answer({}, 429, headers)
                if path == "secondary":
                    text = {"message": "You have exceeded a secondary rate limit."}
                    return self.answer(["well"]) if count > 2 else self.answer(text, 403)
                if path == "primary":
                    now = int(query["now"])
                    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(now + 100)}
                    return self.answer(["well"]) if count > 1 else self.answer({}, 403, headers)
                if path == "quota":
                    with lock:
                        left[login] = left.get(login, 10) - 1
                        rest = left[login]
                    headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": str(rest),
                               "X-RateLimit-Reset": query["reset"]}
                    return self.answer([login], headers=headers)
                if path == "revoked":
                    return self.answer({"message": "Bad credentials"}, 401) if "old" in login else self.answer([login])
                if path == "forbidden":
                    return self.answer({}, 403, {"X-Accepted-OAuth-Scopes": "repo, read:org"})
                if path == "missing":
                    return self.answer({}, 404)
                if path == "tagged":
                    tag = '"v%s"' % query.get("version", "1")
                    if self.headers.get("If-None-Match") == tag:
                        return self.answer(None, 304)
                    return self.answer(["content"], headers={"ETag": tag})
                if path == "html":
                    return self.answer(None, raw=b"<!DOCTYPE html><html>secret person</html>")
                if path == "bad":
                    return self.answer(None, raw=urllib.parse.unquote_to_bytes(address.query.split("=", 1)[1]))
                if path == "odd":
                    how = query["how"]
                    if how == "large":
                        return self.answer(None, raw=b'["' + b"a" * (17 << 20) + b'"]')
                    if how == "bomb":
                        return self.answer(None, raw=gzip.compress(b'["' + b"a" * (200 << 20) + b'"]', 6), headers={"Content-Encoding": "gzip"})
                    if how == "deep":
                        return self.answer(None, raw=b"[" * 100000 + b"]" * 100000)
                    if how == "deep-objects":
                        return self.answer(None, raw=b'{"a":' * 100000 + b"1" + b"}" * 100000)
                    if how == "utf8":
                        return self.answer(None, raw=b'["caf\xe9"]')
                    if how == "bom":
                        return self.answer(None, raw=b'\xef\xbb\xbf["well"]')
                    # Less than was announced, or no end.
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header(*(("Content-Length", "100") if how == "short" else ("Transfer-Encoding", "chunked")))
                    self.end_headers()
                    self.wfile.write(b'["well"]' if how == "short" else b'8\r\n["well"]\r\n')
                    self.close_connection = True
                    return
                if path == "endless":
                    more = dict(query, page=int(query.get("page", 1)) + 1)
                    return self.answer([1, 2], headers={"Link": '<%s?%s>; rel="next"' % (base, urllib.parse.urlencode(more))})
                if path == "elsewhere":
                    return self.answer([1], headers={"Link": '<http://localhost:1/api/elsewhere>; rel="next"'})
                if path == "circle":
                    return self.answer([count], headers={"Link": '<%s?page=2>; rel="next"' % base})
                if path.startswith("items"):
                    # items: all is well; itemsN: page N lacks an entry each time; itemsNonce: only the first time;
                    # itemsNend: the list seems to end with page N
                    page, size, total = int(query.get("page", 1)), int(query["per_page"]), int(query.get("n", 25))
                    numbers = list(range(total))[(page - 1) * size:page * size]
                    fault = path[5:]
                    if fault == str(page) or fault == "%donce" % page and log.count(self.path) == 1:
                        numbers = numbers[:-1]
                    last = -(-total // size)
                    if fault == "%dend" % page:
                        return self.answer([])
                    links = []
                    if page < last:
                        more = dict(query, page=page + 1)
                        links = ['<%s?%s>; rel="next"' % (base, urllib.parse.urlencode(more)),
                                 '<%s?%s>; rel="last"' % (base, urllib.parse.urlencode(dict(query, page=last)))]
                    return self.answer(numbers, headers={"Link": ", ".join(links)} if links else {})
                if path == "together":
                    # From the middle on, pages are answered when enough are under way, as far as there are so many left.
                    page, size, total = int(query.get("page", 1)), int(query["per_page"]), int(query["n"])
                    last = total // size
                    with gate:
                        arrived.add(page)
                        gate.notify_all()
                        if page == last - 10:
                            gate.wait_for(lambda: {page + n for n in range(int(query["wait"]))} <= arrived)
                    numbers = list(range(total))[(page - 1) * size:page * size]
                    links = []
                    if page < last:
                        links = ['<%s?%s>; rel="next"' % (base, urllib.parse.urlencode(dict(query, page=page + 1)))]
                        if query["kind"] == "total":
                            links.append('<%s?%s>; rel="last"' % (base, urllib.parse.urlencode(dict(query, page=last))))
                    return self.answer(numbers, headers={"Link": ", ".join(links)} if links else {})
                if path == "counted":
                    page, size, total = int(query.get("page", 1)), int(query["per_page"]), 25
                    numbers = list(range(total))[(page - 1) * size:page * size]
                    if page * size >= total:
                        numbers = numbers[:-1]
                    return self.answer(numbers, headers={"X-Total": "25", "X-Total-Pages": str(-(-total // size))})
                if path == "offset":
                    start, size, total = int(query["startAt"]), min(int(query["maxResults"]), 7), 25
                    return self.answer({"total": total, "values": list(range(total))[start:start + size]})
                if path == "numbered":
                    page, size, total = int(query["p"]), int(query["ps"]), 25
                    return self.answer({"total": total, "values": list(range(total))[(page - 1) * size:page * size]})
                if path == "continued":
                    start, total = int(query.get("token", 0)), 25
                    values = list(range(total))[start:start + 10]
                    return self.answer({"values": values, "token": str(start + 10) if start + 10 < total else None})
                self.answer({}, 404)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256
            def handle_error(self, *arguments):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """#
}

/// A clock on which time passes by sleeping only, which takes none.
final class StoppedClock: Sendable {
    private let state = Mutex((now: Timestamp(seconds: 1_700_000_000), sleeps: [Duration]()))

    var sleeps: [Duration] { state.withLock { $0.sleeps } }
    var now: Timestamp { state.withLock { $0.now } }

    var rest: RESTClock {
        RESTClock(
            now: { self.now },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLock { state in
                    state.now = state.now + duration
                    state.sleeps.append(duration)
                }
            }, chance: { 1 })
    }
}
