"""Answers as Jenkins documents it, on a free port of the loopback address, which it prints.

usage: jenkins-server.py DIRECTORY [CERTIFICATE KEY]

It has a job /job/team/job/import, which takes parameters and wants the token "open sesame", a job /job/plain without
parameters and a job /job/off that is disabled. User "starter" logs in with "pass word"; "reader" may see, not build; others
see no job. A crumb counts in the session that it was given in. DIRECTORY/faults.json is a list of statuses, one for each of the next
requests (0 for none, -1 to break the connection, "page" for a page in place of an answer). Each build that was started is a
line of DIRECTORY/builds.jsonl, each request one of DIRECTORY/requests.jsonl. DIRECTORY/no-crumbs turns crumbs off.
"""
import base64
import http.server
import json
import os
import secrets
import socket
import ssl
import sys
import urllib.parse

directory = sys.argv[1]
crumbs = {}
USERS = {"starter": "pass word", "reader": "pass word"}
JOBS = {"/job/team/job/import": "parameters", "/job/plain": "plain", "/job/off": "off"}


def append(name, value):
    with open(f"{directory}/{name}", "a", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def next_fault():
    try:
        with open(f"{directory}/faults.json", encoding="utf-8") as file:
            faults = json.load(file)
    except FileNotFoundError:
        return 0
    if not faults:
        return 0
    with open(f"{directory}/faults.json.new", "w", encoding="utf-8") as file:
        json.dump(faults[1:], file)
    os.rename(f"{directory}/faults.json.new", f"{directory}/faults.json")
    return faults[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *words):
        pass

    def user(self):
        header = self.headers["Authorization"] or ""
        if not header:
            return "anonymous"
        name, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return name if USERS.get(name) == password else None

    def handle_all(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        append("requests.jsonl", {"method": self.command, "path": self.path})
        fault = next_fault()
        if fault == -1:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        if fault == "page":
            return self.answer(200, "<html>Sign in</html>", "text/html")
        if fault:
            return self.answer(fault, "{}")
        user = self.user()
        if user is None:
            return self.answer(401, "Invalid password/token for user", "text/html")
        if self.path == "/ci/crumbIssuer/api/json":
            if os.path.exists(f"{directory}/no-crumbs"):
                return self.answer(404, "", "text/html")
            session, crumb = secrets.token_hex(8), secrets.token_hex(16)
            crumbs[session] = crumb
            value = {"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": crumb, "crumbRequestField": "Jenkins-Crumb"}
            return self.answer(200, json.dumps(value), cookie=f"JSESSIONID.x={session}; Path=/ci; HttpOnly")
        job, _, verb = self.path.removeprefix("/ci").rpartition("/")
        if job not in JOBS or user == "anonymous" or verb != "buildWithParameters":
            return self.answer(404, "", "text/html")
        if self.command != "POST":
            return self.answer(405, "", "text/html")
        if not os.path.exists(f"{directory}/no-crumbs"):
            session = (self.headers["Cookie"] or "").partition("=")[2]
            if not session or crumbs.get(session) != self.headers["Jenkins-Crumb"]:
                return self.answer(403, "No valid crumb was included in the request", "text/html")
        fields = urllib.parse.parse_qs(body, strict_parsing=True, keep_blank_values=True)
        if user == "reader" or fields.get("token") != ["open sesame"]:
            return self.answer(403, "is missing the Job/Build permission", "text/html")
        if JOBS[job] == "off":
            return self.answer(409, "", "text/html")
        if JOBS[job] == "plain":
            return self.answer(400, "is not parameterized", "text/html")
        append("builds.jsonl", {name: values[0] for name, values in fields.items()})
        return self.answer(201, "", location=f"http://127.0.0.1/ci/queue/item/{len(crumbs)}/")

    do_GET = do_POST = handle_all

    def answer(self, status, text, kind="application/json", cookie=None, location=None):
        data = text.encode()
        self.send_response(status)
        self.send_header("X-Jenkins", "2.479.1")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(data)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
