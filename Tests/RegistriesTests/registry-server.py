"""A registry with a web API: every paging and every login that a definition can describe, and faults on demand.

Usage: registry-server.py COUNT. The first line of its output is its port.
"""

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

COUNT = int(sys.argv[1])
FAULTS = {}
REQUESTS = []
SESSIONS = {}
LOCK = threading.Lock()


def record(number):
    return {
        "id": number,
        "name": f"Línea {number}",
        "score": number / 4,
        "public": number % 2 == 0,
        "updated": f"2024-01-{number % 28 + 1:02d}T10:00:00+02:00",
        "owner": {"email": f"person{number % 3}@registry.example", "name": None},
        "tags": ["a", "b"],
        "authors": [{"name": "Ann"}, {"name": "Bob"}],
    }


RECORDS = [record(number) for number in range(1, COUNT + 1)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=(), kind="application/json"):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        cookie = self.headers.get("Cookie", "")
        with LOCK:
            REQUESTS.append(f"POST {self.path}")
        if "hidden" in FAULTS and (form.get("_token") != "a+b\"c" or "page=1" not in cookie):
            return self.answer(419, {})
        if self.path == "/inventory/login/":
            if form.get("csrf") == "x1" and form.get("username") == "reader" and form.get("password") == "s3cret ü":
                with LOCK:
                    SESSIONS["inventory"] = 1000000
                return self.answer(302, {}, [("Location", "/inventory/"), ("Set-Cookie", "sessionid=inventory; Path=/")])
            return self.answer(200, b"<form></form>", kind="text/html")
        if form.get("user") == "reader" and form.get("pass") == "s3cret ü":
            with LOCK:
                number = str(len(SESSIONS) + 1)
                SESSIONS[number] = int(FAULTS.get("life", 1000000))
            return self.answer(302, {}, [("Location", "/api/home"), ("Set-Cookie", f"sid={number}; Path=/; HttpOnly")])
        self.answer(302, {}, [("Location", "/api/login?failed"), ("Set-Cookie", "seen=1")])

    def do_GET(self):
        parts = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        path = parts.path
        if path == "/__set":
            FAULTS.clear()
            FAULTS.update(query)
            return self.answer(200, {})
        if path == "/__log":
            with LOCK:
                text = "\n".join(REQUESTS)
                REQUESTS.clear()
            return self.answer(200, text.encode(), kind="text/plain")
        with LOCK:
            REQUESTS.append(f"GET {self.path}")
        if path == "/api/login":
            page = '<form><input name="user"><input type="hidden" name="_token" value="a+b&quot;c"></form>'
            return self.answer(200, page.encode(), [("Set-Cookie", "page=1; Path=/")], "text/html")
        if path.startswith("/hpscreg/"):
            return self.example_with_details(path[len("/hpscreg/"):])
        if path.startswith("/inventory/"):
            return self.example_with_form(path[len("/inventory/"):], query)
        if not path.startswith("/api/"):
            return self.answer(404, {})
        path = path[len("/api/"):]
        login, _, path = path.partition("/")
        if not self.is_allowed(login):
            return
        self.list(path, query)

    def is_allowed(self, login):
        authorization = self.headers.get("Authorization", "")
        if login == "basic":
            wanted = "Basic " + base64.b64encode("reader:s3cret ü".encode()).decode()
        elif login == "bearer":
            wanted = "Bearer t0ken"
        elif login == "header":
            wanted = "ApiKey reader:t0ken"
        elif login == "form":
            cookie = dict(part.strip().split("=", 1) for part in self.headers.get("Cookie", "").split(";") if part)
            with LOCK:
                left = SESSIONS.get(cookie.get("sid", ""), 0)
                SESSIONS[cookie.get("sid", "")] = left - 1
            if left > 0:
                return True
            if "page" in FAULTS:
                self.answer(200, b"<html>log in</html>", kind="text/html")
            else:
                self.answer(401, {})
            return False
        else:
            return True
        if authorization == wanted:
            return True
        self.answer(401, {})
        return False

    def example_with_details(self, path):
        """A list of names, and an export for each name."""
        if not self.is_allowed("basic"):
            return
        if path == "full_list":
            return self.answer(200, ["AAAi001-A", "BBBe002-B"])
        name = path[len("export/"):]
        self.answer(200, {
            "name": name, "alternate_name": [f"{name} old"], "type": "hiPSC", "biosamples_id": "SAMEA1",
            "validation_status": "validated", "public_flag": "1", "contact": {"email": "keeper@registry.example"}})

    def example_with_form(self, path, query):
        """An application with sessions, whose lists go by offset and limit."""
        if path == "login/":
            return self.answer(200, b'<input type="hidden" name="csrf" value="x1">', kind="text/html")
        if "sessionid=inventory" not in self.headers.get("Cookie", "") or "inventory" not in SESSIONS:
            return self.answer(401, {})
        rows = [{
            "biosamples_id": f"SAMEA{number}", "name": f"LINE{number}", "alternative_names": None, "flag_go_live": True,
            "batches": [{"batch_id": "P1"}, {"batch_id": "P2"}], "modified": "2024-04-22T10:00:00Z",
            "depositor": {"email": "keeper@registry.example"}} for number in range(150)]
        start, size = int(query["offset"]), int(query["limit"])
        self.answer(200, {"meta": {"total_count": len(rows)}, "objects": rows[start:start + size]})

    def list(self, path, query):
        records = RECORDS
        if "since" in query:
            records = [record for record in records if record["updated"] >= query["since"]]
        size = min(int(query.get("size", 10)), int(FAULTS.get("cap", 1000)))
        total = len(records) + int(FAULTS.get("more", 0))
        if "error" in FAULTS and path == FAULTS["error"]:
            return self.answer(403, {})
        if path == "all":
            return self.answer(200, {"data": {"items": records}})
        if path == "bare":
            return self.answer(200, [f"L{record['id']}" for record in records])
        if path.startswith("one/"):
            number = int(path[len("one/L"):])
            if str(number) == FAULTS.get("gone"):
                return self.answer(404, {})
            return self.answer(200, {"line": RECORDS[number - 1]})
        if path == "pages":
            page = 1 if "stuck" in FAULTS else int(query["page"])
            part = records[(page - 1) * size:page * size]
            if not part and page > 1 and "nopage" in FAULTS:
                return self.answer(404, {})
            return self.answer(200, {"items": part} if "nototal" in FAULTS else {"items": part, "total": total})
        if path == "offsets":
            start = int(query["offset"])
            return self.answer(200, {"objects": records[start:start + size], "meta": {"total_count": total}})
        if path in ("links", "inside"):
            page = int(query.get("page", 1))
            part = records[(page - 1) * size:page * size]
            target = f"http://{self.headers['Host']}{urlparse(self.path).path}?page={page + 1}"
            if "foreign" in FAULTS:
                target = "http://other.example/"
            if "circle" in FAULTS:
                target = f"http://{self.headers['Host']}{urlparse(self.path).path}?page=2"
            is_last = page * size >= len(records) and "circle" not in FAULTS
            if path == "links":
                headers = [] if is_last else [("Link", f'<{target}>; rel="next"')]
                return self.answer(200, part, headers)
            return self.answer(200, {"rows": part, "links": {"next": None if is_last else target}})
        if path == "cursors":
            start = int(query.get("after", "c0")[1:])
            end = start + size
            return self.answer(200, {"rows": records[start:end], "next": f"c{end}" if end < len(records) else ""})
        if path == "odd":
            return self.answer(200, [{"name": "no key"}, {"id": 1, "name": {"an": "object"}, "score": "many"}])
        self.answer(404, {})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
