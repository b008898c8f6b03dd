extension PlatformServer {
    /// The repository `owner/näme` with `issues=`, of which every third, or one of `every=`, is a pull request, and `comments=` on them.
    static let gitHub = #"""
        TAGGED = True
        LIMITED = (403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "77"})

        def user(n):
            return None if n % 7 == 6 else {"login": NAMES[n % 5], "type": "Bot" if n % 5 == 4 else "User"}

        def issue(n):
            closed = n % 2 == 0
            value = {"number": n, "title": None if n % 11 == 5 else "Títle %d" % n, "body": None if n % 3 == 1 else "Body ü %d" % n,
                     "state": "closed" if closed else "open", "user": user(n), "assignee": user(n + 6), "labels": [{"name": "x"}] * (n % 3),
                     "comments": len(range(n - 1, number("comments", 9), COUNT)),
                     "created_at": moment(n * 60), "updated_at": moment(n * 60 + 30), "closed_at": moment(n * 60 + 30) if closed else None}
            if "no-closer" not in options:
                value["closed_by"] = user(n + 1) if closed else None
            if n % EVERY == 0:
                value["pull_request"] = {"url": "http://localhost/repos/owner/n%%C3%%A4me/pulls/%d" % n}
            return value

        COUNT = number("issues", 9)
        EVERY = number("every", 3)
        PHASE = lambda: int(faults.get("phase", 1))

        @functools.lru_cache
        def issues(phase):
            values = [issue(n) for n in range(1, COUNT + 1)]
            if phase == 2:
                values.append(dict(issue(COUNT + 1), updated_at=moment(10 ** 7)))
                values[0] = dict(values[0], title="Changed", updated_at=moment(10 ** 7 + 1))
            return newest(values)

        def pull(n):
            base = issue(n)
            names = ["number", "title", "body", "state", "user", "assignee", "created_at", "updated_at"]
            value = {name: base[name] for name in names}
            value.update(merged_at=moment(n * 60 + 30) if n % 4 == 0 else None, head={"ref": "brånch-%d" % n}, base={"ref": "main"})
            return value

        def comment(n, kind):
            number_ = n % COUNT + 1
            return {"id": 10 ** 10 + n, "body": None if n % 9 == 4 else "Sæd %d" % n, "user": user(n), "created_at": moment(n * 50),
                    "updated_at": moment(n * 50 + 10), "issue_url": "http://localhost/repos/o/n/issues/%d" % number_,
                    "html_url": "http://localhost/o/n/%s/%d#issuecomment-1" % ("pull" if number_ % EVERY == 0 else "issues", number_)}

        def review_comment(n):
            requests = COUNT // EVERY
            return {"id": 10 ** 11 + n, "body": "Line %d" % n, "user": user(n), "path": "a.swift", "commit_id": "%040x" % n,
                    "diff_hunk": None if n % 5 == 3 else "@@ -1,2 +3,4 @@\n a\n+b", "position": None if n % 2 else n, "line": 5,
                    "created_at": moment(n * 40), "updated_at": moment(n * 40 + 5),
                    "pull_request_url": "http://localhost/repos/o/n/pulls/%d" % (n % requests * EVERY + EVERY)}

        def newest(values):
            return sorted(values, key=lambda value: value["updated_at"], reverse=True)

        @functools.lru_cache
        def remarks():
            return newest([comment(n, "issues") for n in range(number("comments", 9))])

        @functools.lru_cache
        def pulls():
            return newest([pull(n) for n in range(EVERY, COUNT + 1, EVERY)])

        def answer(method, path, query):
            root = "/repos/owner/n%C3%A4me"
            path = path.removeprefix("/api/v3")
            if path in ("/users/owner", "/users/somebody"):
                return ({"type": "Organization" if path.endswith("owner") else "User"},)
            if path in ("/orgs/owner/repos", "/users/somebody/repos", "/teams/7/repos"):
                return [{"name": "r%d" % n, "clone_url": "https://gh.test/%s/r%d.git" % (path.split("/")[2], n)} for n in range(130)]
            if path == "/orgs/owner/teams":
                return [{"slug": "t%d" % n, "url": "http://127.0.0.1:%d/teams/%d" % (server.server_address[1], n)} for n in range(120)]
            if path == root:
                return ({"id": 7, "description": None, "created_at": moment(0), "private": False, "fork": True,
                         "stargazers_count": 5, "watchers_count": 5, "has_issues": "no-issues" not in options},)
            if not path.startswith(root + "/"):
                raise Missing()
            parts = path[len(root) + 1:].split("/")
            if parts == ["issues"]:
                if "no-issues" in options:
                    raise Missing()
                return [i for i in issues(PHASE()) if str(i["number"]) != faults.get("deleted")]
            if parts == ["pulls"]:
                return pulls()
            if parts == ["issues", "comments"] and "no-lists" not in options:
                return remarks()
            if parts == ["pulls", "comments"] and "no-lists" not in options:
                return newest([review_comment(n) for n in range(number("lines", 9))])
            if parts == ["comments"]:
                return [dict(comment(n, ""), path=None, line=None, commit_id="%040x" % n) for n in range(3)]
            if parts == ["issues", "events"] and "no-events" not in options:
                return [{"event": "closed", "actor": user(n + 1), "issue": {"number": n}} for n in range(2, COUNT + 1, 2)]
            if len(parts) == 2 and parts[0] == "issues" and parts[1].isdigit() and 0 < int(parts[1]) <= COUNT and parts[1] != faults.get("deleted"):
                n = int(parts[1])
                return (dict(issue(n), closed_by=user(n + 1) if n % 2 == 0 else None),)
            if len(parts) == 2 and parts[0] == "pulls" and parts[1].isdigit() and int(parts[1]) % EVERY == 0 and int(parts[1]) <= COUNT:
                return (pull(int(parts[1])),)
            if len(parts) == 3 and parts[2] == "reviews":
                n = int(parts[1])
                return [{"user": user(i), "state": state} for i, state in enumerate(["CHANGES_REQUESTED", "APPROVED", "COMMENTED"][:n % 4])]
            if len(parts) == 3 and parts[0] == "issues" and parts[2] == "comments":
                return [c for c in (comment(n, "") for n in range(number("comments", 9))) if c["issue_url"].endswith("/" + parts[1])]
            if len(parts) == 3 and parts[0] == "pulls" and parts[2] == "comments":
                return [c for c in (review_comment(n) for n in range(number("lines", 9))) if c["pull_request_url"].endswith("/" + parts[1])]
            raise Missing()

        def paged(values, address, query, host):
            page, size = int(query.get("page", 1)), min(int(query.get("per_page", 30)), number("pageSize", 100))
            last = max(1, -(-len(values) // size))
            items = dropped(values[(page - 1) * size:page * size], page, last, address.path)
            links = []
            def link(n, relation):
                links.append('<%s%s?%s>; rel="%s"' % (host, address.path, urllib.parse.urlencode(dict(query, page=n)), relation))
            if page < last:
                link(page + 1, "next")
                link(last, "last")
            if page > 1:
                link(1, "first")
            return items, ({"Link": ", ".join(links)} if links else {})
        """#
}
