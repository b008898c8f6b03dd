"""Jira Server and Cloud by their documented API, with as many issues as wanted.

Further arguments: `cloud` makes it Cloud; `live` has issues that change while the clock runs, which `/tick?seconds=N` moves on:
a change every seven minutes, of one issue after the other; `zone=-11` is that of the user of the API, in which dates are shown and
those of queries are read; `skew=600` puts the server's clock ahead of the true time; `cap=100` is the largest page.
"""
import calendar, email.utils, http.server, json, sys, threading, time, urllib.parse

CLOUD = "cloud" in sys.argv
COUNT = int(sys.argv[1])
OPTIONS = dict(part.split("=") for part in sys.argv[2:] if "=" in part)
CAP = int(OPTIONS.get("cap", 40))
LIVE = "live" in sys.argv
ZONE = int(OPTIONS.get("zone", 0))
SKEW = int(OPTIONS.get("skew", 0))
# Of the true time, in seconds since 1970: half a year before summer time begins in Europe.
START = 1729980000
phase = {"now": 1, "time": START}


def clock():
    return phase["time"] + SKEW


def shown(seconds):
    """A moment of the server's clock in the zone of the user."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime(seconds + ZONE * 3600)) + "%+03d00" % ZONE


def live():
    """The issues by the moments of their changes, as far as the server's clock has come."""
    changes = {n: [] for n in range(1, COUNT + 1)}
    moment, number = START - 3600 + SKEW, 0
    while moment <= clock():
        changes[number % COUNT + 1].append(moment)
        moment, number = moment + 420, number + 1
    return {n: moments for n, moments in changes.items() if moments}


def live_issue(n, moments):
    entries = [{"id": str(index), "author": user(1), "created": shown(moment), "items": [item("summary", None, "v%d" % index, None, "v%d" % (index + 1))]}
               for index, moment in enumerate(moments[1:])]
    return {"id": str(1000 + n), "key": "P-%d" % n,
            "fields": {"summary": "v%d" % len(entries), "created": shown(moments[0]), "updated": shown(moments[-1]), "creator": user(0),
                       "customfield_1": {"id": 7, "value": "Höch", "owner": user(2)}, "customfield_2": 2.5},
            "changelog": {"total": len(entries), "histories": entries}}


def wanted(query):
    """Issues that changed after the moment of the query, which is one of the user's zone."""
    text = query["jql"].split('updated > "')[1].split('"')[0]
    since = calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M")) - ZONE * 3600 if text >= "1970" else 0
    return [live_issue(n, moments) for n, moments in live().items() if moments[-1] > since]


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


# As Jira Server had it before version 8.
SPRINT_TEXT = ("com.atlassian.greenhopper.service.sprint.Sprint@1f[id=8,rapidViewId=4,state=ACTIVE,name=Two, [late]=x,"
               "startDate=2024-01-01T10:00:00.000+01:00,endDate=<null>,completeDate=<null>,sequence=8,goal=]")


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
                       "customfield_10207": [SPRINT_TEXT if n == 2 and not CLOUD else {"id": 7, "name": "S", "boardId": 4}], "customfield_10000": None,
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

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(clock() if LIVE else time.time(), usegmt=True)

    def answer(self, path, query):
        start = int(query.get("startAt", 0))
        size = min(int(query.get("maxResults", 50)), CAP)
        if path == "/phase":
            phase["now"] = 2
            return 200, {}
        if path == "/tick":
            phase["time"] += int(query["seconds"])
            return 200, {}
        if path == "/moments":
            return 200, sorted(moment for moments in live().values() for moment in moments)
        if path == "/context/rest/api/2/serverInfo":
            return 200, {"deploymentType": "Cloud" if CLOUD else "Server"}
        path = path.replace("/context/rest/", "").replace("api/3/" if CLOUD else "api/2/", "api/")
        if path == "agile/1.0/board":
            return 403, {}
        if path == "api/issueLinkType":
            return 200, {"issueLinkTypes": [{"id": "10", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                                            {"id": "11", "name": "Is", "inward": "is", "outward": "is"}]}
        if path == "api/user/assignable/multiProjectSearch":
            # Small pages are for issues that change meanwhile, not for a list that never does.
            return 200, [user(n) for n in range(60)][start:start + (60 if LIVE else size)]
        if path in ("api/project/P/versions", "api/project/P/components", "api/project"):
            return 200, []
        if path == "api/project/search":
            return 200, {"values": [], "isLast": True}
        if path == "api/issue/1001/comment":
            return 200, {"total": 2, "comments": issue(2)["fields"]["comment"]["comments"][start:]}
        if path == ("api/search/jql" if CLOUD else "api/search"):
            if '"P"' not in query["jql"]:
                return 400, {"errorMessages": ["P is a reserved word"]}
            if LIVE:
                issues = wanted(query)
                page = {"issues": issues[start:start + size], "total": len(issues)}
                # Something changes while the pages are read.
                phase["time"] += 60
                return 200, page
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
