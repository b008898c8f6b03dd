extension PlatformServer {
    /// What the three have in common: serving, counting, and the faults.
    ///
    /// Option `bare=null` or `bare=absent`: nothing is there that servers may leave out.
    ///
    /// Faults: `cut=N` closes the connection at the Nth request and all after it; `error=N` answers those with 500;
    /// `hold=N` never answers those; `kill=N` ends the program whose process is in the file `pid=` with SIGKILL at the Nth
    /// request, before it is answered when `when=before`, else just after; `over=N` refuses those until tomorrow;
    /// `limit=N` answers the Nth request that its limit is reached, with `after=` for so many seconds;
    /// `revoked=1` knows no token any more;
    /// `drop=PATH` leaves an entry out of that list's second page, or its first where there is one only;
    /// `dropPage=PATH` has nothing on the second page and after it; `spoil=PATH` damages the answers of a path, as `how=`
    /// says; `gone=PATH` has 404 for it; `latency=MS` answers later; `phase=2` has newer things.
    static let common = #"""
        import functools, hashlib, http.server, json, os, signal, subprocess, sys, threading, time, urllib.parse

        options = dict(urllib.parse.parse_qsl(sys.argv[1]))
        faults, log, lock = {}, [], threading.Lock()
        # Of a GitLab account.
        keys = [{"id": 1, "title": "GROS agent for the DEMO project", "key": "ssh-ed25519 OLD x"}, {"id": 2, "title": "mine", "key": "ssh-rsa MINE"}]
        served = 0
        NAMES = ["ann", "bob", "ünï", "漢字", "dependabot"]

        def number(name, default):
            # What there is may become more: `set` wins.
            return int(faults.get(name, options.get(name, default)))

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
                if self.ends_program:
                    self.wfile.flush()
                    self.end_program()

            ends_program = False

            def end_program(self):
                self.ends_program = False
                self.close_connection = True
                os.kill(int(open(faults["pid"]).read()), signal.SIGKILL)

            # The repository itself, by Git's own program.
            def git(self, address):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                variables = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": options["git"], "GIT_HTTP_EXPORT_ALL": "1",
                             "PATH_INFO": "/" + ("info/refs" if address.path.endswith("/info/refs") else "git-upload-pack"),
                             "REQUEST_METHOD": self.command, "QUERY_STRING": address.query, "CONTENT_LENGTH": str(length),
                             "CONTENT_TYPE": self.headers.get("Content-Type") or "", "REMOTE_ADDR": "127.0.0.1",
                             "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                             "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
                             "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
                said = subprocess.run(["git", "http-backend"], env=variables, input=body, stdout=subprocess.PIPE).stdout
                head, _, rest = said.partition(b"\r\n\r\n")
                lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
                status = [value for name, value in lines if name == "Status"]
                self.send_response(int(status[0].split()[0]) if status else 200)
                for name, value in lines:
                    if name != "Status":
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

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
                if options.get("git") and (address.path.endswith("/info/refs") or address.path.endswith("/git-upload-pack")):
                    return self.git(address)
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
                if "kill" in faults and count == int(faults["kill"]):
                    if faults["when"] == "before":
                        with lock:
                            log.append("%s %s held" % (self.command, self.path))
                        return self.end_program()
                    self.ends_program = True
                if "over" in faults and count >= int(faults["over"]):
                    return self.say(429, b"{}", {"Retry-After": "86400"})
                if "limit" in faults and count == int(faults["limit"]):
                    headers = {"Retry-After": faults["after"]} if "after" in faults else LIMITED[2]
                    return self.say(LIMITED[0], json.dumps(LIMITED[1]).encode(), headers)
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
                if "bare" in options:
                    value = bare(value)
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
                address = urllib.parse.urlsplit(self.path)
                if address.path.endswith("/git-upload-pack"):
                    return self.git(address)
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keys.append(dict(body, id=len(keys) + 100))
                self.say(201, json.dumps(keys[-1]).encode())

            def do_DELETE(self):
                keys[:] = [key for key in keys if str(key["id"]) != self.path.split("/")[-1]]
                self.say(204)

            do_OPTIONS = do_GET

        # Without all that may be missing, or with null in its place.
        ALWAYS = {"id", "iid", "number", "issue_url", "pull_request_url", "value", "values", "name", "project", "pushId", "commitId",
                  "pullRequestId", "rev", "isLastBatch", "nextLink", "comments", "releasedVersion", "push_data", "action_name"}

        def bare(value):
            if isinstance(value, list):
                return [bare(entry) for entry in value]
            if not isinstance(value, dict):
                return value
            if options["bare"] == "null":
                return {name: bare(entry) if name in ALWAYS else None for name, entry in value.items()}
            return {name: bare(entry) for name, entry in value.items() if name in ALWAYS}

        def spoil(body):
            how = faults.get("how", "truncated")
            if how == "truncated":
                return body[:len(body) * 2 // 3]
            if how == "type":
                return body.replace(b'_at": "2', b'_at": {"x": "2').replace(b'Date": "2', b'Date": {"x": "2').replace(b'Z",', b'Z"},')
            if how == "number":
                return body.replace(b'": 1', b'": 9999999999999999999999999999991')
            if how == "deep":
                return b"[" * 100000 + b"]" * 100000
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
