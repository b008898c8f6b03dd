"""Jira Server and Cloud by their documented API, with as many issues as wanted; `cloud` as an argument makes it Cloud."""
import http.server, json, sys, time, urllib.parse

CLOUD = "cloud" in sys.argv
COUNT = int(sys.argv[1])
CAP = 40
phase = {"now": 1}


def user(n):
    if CLOUD:
        return {"accountId": "557058:%d" % n, "displayName": "Ünï %d" % n}
    return {"key": "JIRAUSER%d" % n, "name": "user%d" % n, "displayName": "Ünï %d" % n}


def date(n, zone="-0930"):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime(1704067200 + n)) + zone


def history(n, seconds, *items):
    return {"id": str(n), "author": user(n % 3), "created": date(seconds), "items": list(items)}


def item(field, old, old_text, new, new_text):
    return {"field": field, "from": old, "fromString": old_text, "to": new, "toString": new_text}


def issue(n):
    late = 10 ** 6 if phase["now"] == 2 and n == 1 else 0
    entries = [history(1, n + 10, item("status", "1", "Open", "3", "Busy"), item("Attachment", None, None, "1", "a")),
               history(2, n + 10, item("Attachment", None, None, "2", "b"), item("Story Points", None, "", None, "5")),
               history(3, n + 20, item("assignee", "JIRAUSER1", "x", "JIRAUSER2", "y"), item("Link", None, None, "P-9", "This issue is blocked by P-9"))]
    if late:
        entries.append(history(4, late, item("summary", None, "Títle", None, "New")))
    if CLOUD:
        entries.reverse()
    text = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Ünï"}]},
                                       {"type": "paragraph", "content": [{"type": "mention", "attrs": {"text": "@Ann"}}]}]}
    return {"id": str(1000 + n), "key": "P-%d" % n,
            "fields": {"summary": "New" if late else "Títle", "created": date(n), "updated": date(late or n + 20), "creator": user(0),
                       "description": text if CLOUD else "Ünï\n@Ann", "reporter": None, "assignee": user(2),
                       "status": {"id": "3", "name": "Busy", "description": None}, "customfield_10002": 5.5, "attachment": [1, 2],
                       "customfield_10207": [{"id": 7, "name": "S", "boardId": 4}], "customfield_10000": None,
                       "issuelinks": [{"type": {"id": "10"}, "inwardIssue": {"key": "P-9"}}],
                       "comment": {"total": 2, "comments": [{"id": "%d" % (n * 10 + i), "author": user(1), "body": text if CLOUD else "Hi",
                                   "created": date(n + i), "updated": date(n + i)} for i in range(1 if n == 1 else 2)]}},
            "changelog": {"total": len(entries), "histories": entries}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        status, answer = self.answer(address.path, query)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, path, query):
        start = int(query.get("startAt", 0))
        size = min(int(query.get("maxResults", 50)), CAP)
        if path == "/phase":
            phase["now"] = 2
            return 200, {}
        if path == "/context/rest/api/2/serverInfo":
            return 200, {"deploymentType": "Cloud" if CLOUD else "Server"}
        path = path.replace("/context/rest/", "").replace("api/3/" if CLOUD else "api/2/", "api/")
        if path == "agile/1.0/board":
            return 403, {}
        if path == "api/issueLinkType":
            return 200, {"issueLinkTypes": [{"id": "10", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                                            {"id": "11", "name": "Is", "inward": "is", "outward": "is"}]}
        if path == "api/user/assignable/multiProjectSearch":
            return 200, [user(n) for n in range(60)][start:start + size]
        if path in ("api/project/P/versions", "api/project/P/components", "api/project"):
            return 200, []
        if path == "api/project/search":
            return 200, {"values": [], "isLast": True}
        if path == "api/issue/1001/comment":
            return 200, {"total": 2, "comments": issue(2)["fields"]["comment"]["comments"][start:]}
        if path == ("api/search/jql" if CLOUD else "api/search"):
            if '"P"' not in query["jql"]:
                return 400, {"errorMessages": ["P is a reserved word"]}
            numbers = list(range(1, COUNT + 1))
            if CLOUD:
                start = int(query.get("nextPageToken", "t0")[1:])
            page = {"issues": [issue(n) for n in numbers[start:start + size]]}
            if not CLOUD:
                page["total"] = COUNT
            elif start + size < COUNT:
                page["nextPageToken"] = "t%d" % (start + size)
            return 200, page
        return 404, {}


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
