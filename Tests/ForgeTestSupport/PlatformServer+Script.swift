extension PlatformServer {
    /// What the three have in common: serving, counting, and the faults.
    ///
    /// Faults: `cut=N` closes the connection at the Nth request and all after it; `error=N` answers those with 500;
    /// `hold=N` never answers those;
    /// `limit=N` answers the Nth request that its limit is reached; `revoked=1` knows no token any more;
    /// `drop=PATH` leaves an entry out of that list's second page, or its first where there is one only;
    /// `dropPage=PATH` has nothing on the second page and after it; `spoil=PATH` damages the answers of a path, as `how=`
    /// says; `gone=PATH` has 404 for it; `latency=MS` answers later; `phase=2` has newer things.
    static let common = #"""
        import functools, hashlib, http.server, json, sys, threading, time, urllib.parse

        options = dict(urllib.parse.parse_qsl(sys.argv[1]))
        faults, log, lock = {}, [], threading.Lock()
        # Of a GitLab account.
        keys = [{"id": 1, "title": "GROS agent for the DEMO project", "key": "ssh-ed25519 OLD x"}, {"id": 2, "title": "mine", "key": "ssh-rsa MINE"}]
        served = 0
        NAMES = ["ann", "bob", "ünï", "漢字", "dependabot"]

        def number(name, default):
            return int(options.get(name, default))

        def moment(n, fraction=""):
            # Seconds since the beginning of 2024.
            return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1704067200 + n)) + fraction + "Z"

        class Missing(Exception):
            pass

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *arguments):
                pass

            def say(self, status, body=b"", headers={}):
                with lock:
                    log.append("%s %s %d" % (self.command, self.path, status))
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                if status != 304:
                    self.send_header("Content-Type", "application/json; charset=utf-8")
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def control(self, address):
                global served
                if address.path == "/__set":
                    faults.clear()
                    faults.update(urllib.parse.parse_qsl(address.query))
                    served = 0
                    body = b""
                else:
                    with lock:
                        body = "\n".join(log).encode()
                        log.clear()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                global served
                address = urllib.parse.urlsplit(self.path)
                if address.path.startswith("/__"):
                    return self.control(address)
                with lock:
                    served += 1
                    count = served
                if "latency" in faults:
                    threading.Event().wait(int(faults["latency"]) / 1000)
                if "cut" in faults and count >= int(faults["cut"]):
                    with lock:
                        log.append("%s %s cut" % (self.command, self.path))
                    self.close_connection = True
                    return
                if "error" in faults and count >= int(faults["error"]):
                    return self.say(500, b"{}")
                if "hold" in faults and count >= int(faults["hold"]):
                    with lock:
                        log.append("%s %s held" % (self.command, self.path))
                    print("held", flush=True)
                    threading.Event().wait()
                if "limit" in faults and count == int(faults["limit"]):
                    return self.say(LIMITED[0], json.dumps(LIMITED[1]).encode(), LIMITED[2])
                if "revoked" in faults:
                    return self.say(401, b'{"message": "Bad credentials"}')
                if "gone" in faults and faults["gone"] in address.path:
                    return self.say(404, b"{}")
                query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
                try:
                    value = answer(self.command, address.path, query)
                except Missing:
                    return self.say(404, b'{"message": "Not Found"}')
                headers = {}
                if isinstance(value, list):
                    value, headers = paged(value, address, query, "http://" + self.headers["Host"])
                elif isinstance(value, tuple):
                    value = value[0]
                body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=len(address.path) % 2 == 0).encode()
                if "spoil" in faults and faults["spoil"] in address.path:
                    body = spoil(body)
                tag = '"%s"' % hashlib.sha1(body).hexdigest()
                if TAGGED and self.headers.get("If-None-Match") == tag:
                    return self.say(304)
                if TAGGED:
                    headers["ETag"] = tag
                self.say(200, body, headers)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keys.append(dict(body, id=len(keys) + 100))
                self.say(201, json.dumps(keys[-1]).encode())

            def do_DELETE(self):
                keys[:] = [key for key in keys if str(key["id"]) != self.path.split("/")[-1]]
                self.say(204)

            do_OPTIONS = do_GET

        def spoil(body):
            how = faults.get("how", "truncated")
            if how == "truncated":
                return body[:len(body) * 2 // 3]
            if how == "type":
                return body.replace(b'_at": "2', b'_at": {"x": "2').replace(b'Date": "2', b'Date": {"x": "2').replace(b'Z",', b'Z"},')
            if how == "number":
                return body.replace(b'": 1', b'": 9999999999999999999999999999991')
            if how == "deep":
                return b"[" * 5000 + b"]" * 5000
            if how == "utf8":
                return body.replace(b"\\u00fc", b"\xff").replace("ü".encode(), b"\xff\xfe")
            if how == "html":
                return b"<html>somebody's name</html>"
            if how == "null":
                return b"null"
            return b""

        def dropped(items, page, pages, path):
            if "drop" in faults and path.endswith(faults["drop"]) and page == min(2, pages):
                return items[:len(items) // 2] + items[len(items) // 2 + 1:]
            if "dropPage" in faults and path.endswith(faults["dropPage"]) and page >= 2:
                return []
            return items

        """#

    static let main = #"""

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
