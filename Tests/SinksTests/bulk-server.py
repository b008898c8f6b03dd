"""Answers `POST /_bulk` as OpenSearch documents it, on a free port of the loopback address, which it prints.

usage: bulk-server.py DIRECTORY

DIRECTORY/faults.json is a list of what goes wrong with the next requests, one each: a status for the whole request, or an
object {"row number": status} for some of its rows. What was indexed is in DIRECTORY/documents.json after each request, and what
came in DIRECTORY/requests.jsonl. Authorization has to be `Basic` of `writer:pass word`.
"""
import base64
import http.server
import json
import os
import sys

directory = sys.argv[1]
documents = {}
ERRORS = {400: "mapper_parsing_exception", 429: "es_rejected_execution_exception"}


def write(name, value):
    with open(f"{directory}/{name}.new", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.rename(f"{directory}/{name}.new", f"{directory}/{name}")


def next_fault():
    try:
        with open(f"{directory}/faults.json", encoding="utf-8") as file:
            faults = json.load(file)
    except FileNotFoundError:
        return None
    if not faults:
        return None
    write("faults.json", faults[1:])
    return faults[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *words):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        lines = body.split("\n")
        with open(f"{directory}/requests.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "type": self.headers["Content-Type"], "lines": len(lines)}) + "\n")
        expected = "Basic " + base64.b64encode(b"writer:pass word").decode()
        if self.headers["Authorization"] != expected:
            return self.answer(401, {"error": {"type": "security_exception"}, "status": 401})
        fault = next_fault()
        if isinstance(fault, int):
            return self.answer(fault, {"error": {"type": "fault"}, "status": fault})
        # Each action ends with a line end, the last one too.
        if self.path != "/_bulk" or lines.pop() != "" or len(lines) % 2:
            return self.answer(400, {"error": {"type": "illegal_argument_exception"}, "status": 400})
        items = []
        for number in range(len(lines) // 2):
            action = json.loads(lines[2 * number])["index"]
            document = json.loads(lines[2 * number + 1])
            status = (fault or {}).get(str(number))
            if status:
                items.append({"index": {**action, "status": status, "error": {"type": ERRORS[status], "reason": "secret"}}})
                continue
            key = f"{action['_index']}/{action['_id']}"
            items.append({"index": {**action, "status": 200 if key in documents else 201, "result": "created"}})
            documents[key] = document
        write("documents.json", documents)
        self.answer(200, {"took": 1, "errors": bool(fault), "items": items})

    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 429:
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(data)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
