extension PlatformServer {
    /// The repository `Repö` in the project `Prøject` of the collection `tfs/Coll`, with `pushes=` and `pulls=`.
    /// With `new=1` threads are with their pull requests and people are objects.
    static let azureDevOps = #"""
        TAGGED = False
        LIMITED = (429, {}, {"Retry-After": "33", "X-RateLimit-Remaining": "0"})
        PROJECT = {"id": "11111111-2222", "name": "Prøject"}

        def person(n):
            return {"displayName": NAMES[n % 5].title(), "uniqueName": NAMES[n % 5] + "@example.org"}

        def push(n):
            return {"pushId": n, "date": moment(n * 60, ".1234567"), "pushedBy": person(n),
                    "refUpdates": [{"name": "refs/heads/mäin", "oldObjectId": "%040x" % n, "newObjectId": "%040x" % (n + 1)}]}

        def pull(n):
            value = {"pullRequestId": n, "status": "active" if n % 3 == 0 else "completed", "createdBy": person(n), "creationDate": moment(n * 50),
                     "title": "Títle", "sourceRefName": "refs/heads/x", "targetRefName": "refs/heads/main",
                     "reviewers": [dict(person(n + 1), vote=10), dict(person(n + 2), vote=-5), {"displayName": "[P]\\Team", "uniqueName": "[P]\\Team", "vote": 5}]}
            if n % 3:
                value["closedDate"] = moment(n * 50 + 20)
            return value

        def threads(n):
            return [{"id": 1, "isDeleted": False, "properties": None, "comments": [
                        {"id": i, "parentCommentId": 0, "author": person(i), "content": None if i == 2 else "Ünï", "publishedDate": moment(n),
                         "lastUpdatedDate": moment(n + i), "isDeleted": i == 3} for i in range(1, 4)]},
                    {"id": 2, "comments": [{"id": 1, "author": person(1), "content": "here", "publishedDate": moment(n), "lastUpdatedDate": moment(n)}],
                     "threadContext": {"filePath": "/a.swift", "rightFileStart": {"line": 3}, "rightFileEnd": {"line": 4}}}]

        def revision(n):
            who = {"displayName": "Ann", "uniqueName": "ann@example.org"} if "new" in options else "Ann <ann@example.org>"
            return {"id": n // 2 + 1, "rev": n % 2 + 1, "fields": {"System.State": "New", "System.Title": "Títle", "System.CreatedBy": who,
                    "System.ChangedDate": moment(n), "Microsoft.VSTS.Scheduling.Effort": 3, "System.Tags": "a; b", "System.Description": None}}

        def answer(method, path, query):
            def window(values):
                skip, top = int(query.get("$skip", 0)), int(query.get("$top", 100))
                items = dropped(values[skip:skip + top], skip // 100 + 1, 2, path) if top == 100 else values[skip:skip + top]
                return ({"count": len(items), "value": items},)
            root = "/tfs/Coll/Pr%C3%B8ject/_apis/"
            team = "/tfs/Coll/_apis/projects/11111111-2222/teams"
            since = query.get("searchCriteria.fromDate", "")
            if path == root + "git/repositories":
                return ({"value": [{"id": "r1", "name": "Other"}, {"id": "r2", "name": "Repö", "project": PROJECT}]},)
            if path == root + "git/repositories/r2/pushes":
                return window([p for p in (push(n) for n in range(number("pushes", 5), 0, -1)) if p["date"] >= since])
            if path == "/tfs/Coll/_apis/git/pullRequests":
                return ({"count": 1, "value": [{"releasedVersion": "5.1"}]},)
            if path == root + "git/repositories/r2/pullRequests":
                return window([pull(n) for n in range(number("pulls", 5), 0, -1)])
            if path == root + "discussion/threads" and "new" not in options:
                return ({"value": threads(int(query["artifactUri"].rsplit("%2F", 1)[1]))},)
            if path.startswith(root + "git/repositories/r2/pullRequests/") and path.endswith("/threads"):
                return ({"value": threads(int(path.split("/")[-2]))},)
            if path == "/tfs/Coll/_apis/projects/Pr%C3%B8ject":
                return (PROJECT,)
            if path == team:
                return window([{"id": "t1", "name": "Téam", "description": None}])
            if path == team + "/t1/members":
                return window([{"identity": person(1)} if "new" in options else person(1)])
            if path == "/tfs/Coll/11111111-2222/t1/_apis/work/teamsettings/iterations":
                return ({"value": [{"name": "Sprint", "attributes": {"startDate": None, "finishDate": moment(5)}}, {"name": "Bare"}]},)
            if path == root + "wit/reporting/workitemrevisions":
                start = int(query.get("continuationToken", 0))
                values = [revision(n) for n in range(number("revisions", 7))]
                part = values[start:start + 3]
                end = start + len(part)
                return ({"values": part, "nextLink": "http://x/?continuationToken=%d" % end, "isLastBatch": end >= len(values)},)
            if path == root + "wit/recyclebin" and "nobin" not in options:
                # The first was deleted before anybody gathered it.
                ids = [101] + ([2, 3] if "deleted" in faults else [])
                return ({"count": len(ids), "value": [{"id": n if n % 2 else str(n), "name": "Títle", "deletedBy": None} for n in ids]},)
            raise Missing()

        def paged(values, address, query, host):
            return values, {}
        """#
}
