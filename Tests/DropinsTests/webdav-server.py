"""A WebDAV server as ownCloud and Nextcloud are one, for the files of a directory.

Usage: webdav-server.py DIRECTORY ROOT, where ROOT is the path that the directory has, e.g. /remote.php/dav/files/reader.
"""

import base64
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

DIRECTORY, ROOT = sys.argv[1:]
LOGIN = "Basic " + base64.b64encode("reader:s3cret ü".encode()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", kind="application/xml"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def path_of_file(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != LOGIN:
            self.answer(401)
            return None
        path = unquote(self.path)
        if not path.startswith(ROOT + "/"):
            self.answer(404)
            return None
        found = os.path.join(DIRECTORY, path[len(ROOT) + 1:])
        if not os.path.exists(found):
            self.answer(404)
            return None
        return found

    def do_PROPFIND(self):
        path = self.path_of_file()
        if path is None:
            return
        parts = [(self.path, True)]
        for name in sorted(os.listdir(path)):
            is_directory = os.path.isdir(os.path.join(path, name))
            parts.append((self.path + quote(name) + ("/" if is_directory else ""), is_directory))
        text = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
        for place, is_directory in parts:
            kind = "<d:collection/>" if is_directory else ""
            text += (f"<d:response><d:href>{place}</d:href><d:propstat><d:prop><d:resourcetype>{kind}</d:resourcetype>"
                     "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>")
        self.answer(207, (text + "</d:multistatus>").encode())

    def do_GET(self):
        path = self.path_of_file()
        if path is not None:
            with open(path, "rb") as file:
                self.answer(200, file.read(), "application/octet-stream")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
