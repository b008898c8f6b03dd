extension PlatformServer {
    /// The project `grøup/name` with `requests=`, `events=` and `issues=`, of which every second, or one of `every=`, has notes.
    static let gitLab = #"""
        TAGGED = True
        LIMITED = (429, {}, {"RateLimit-Limit": "600", "RateLimit-Remaining": "0", "RateLimit-Reset": "30"})

        def user(n):
            return None if n % 7 == 6 else {"name": NAMES[n % 5].title(), "username": NAMES[n % 5]}

        def request(n):
            return {"id": 5000 + n, "iid": n, "title": "Títle %d" % n, "description": None if n % 3 == 1 else "Déscription %d" % n,
                    "state": ["opened", "merged", "closed", "locked"][n % 4], "source_branch": "x", "target_branch": "main",
                    "author": user(n), "assignee": user(n + 3) if n % 2 else None, "reviewers": [user(1)], "upvotes": n, "downvotes": 0,
                    "created_at": moment(n * 60, ".123"), "updated_at": moment(n * 60 + 30, ".500")}

        def requests():
            values = [request(n) for n in range(1, number("requests", 5) + 1)]
            if int(faults.get("phase", 1)) == 2:
                values.append(dict(request(1), title="Changed", updated_at=moment(10 ** 7)))
                values = values[1:]
            return sorted(values, key=lambda value: value["updated_at"], reverse=True)

        def event(n):
            push = [{"commit_count": 1, "ref_type": "branch", "commit_from": "%040x" % n, "commit_to": "%040x" % (n + 1), "ref": "mäin"},
                    {"commit_count": 3, "ref_type": "branch", "commit_from": "%040x" % n, "commit_to": "%040x" % (n + 3), "ref": "main"},
                    {"commit_count": 1, "ref_type": "tag", "commit_from": None, "commit_to": "%040x" % n, "ref": "v1"},
                    {"commit_count": 0, "ref_type": "branch", "commit_from": "%040x" % n, "commit_to": None, "ref": None}][n % 4]
            return {"id": n, "action_name": ["pushed to", "pushed to", "pushed new", "deleted"][n % 4], "created_at": moment(n * 70, ".000"),
                    "author": user(n), "author_username": None if n % 7 == 6 else NAMES[n % 5], "push_data": push}

        def answer(method, path, query):
            root = "/api/v4/projects/gr%C3%B8up%2Fname"
            if path == "/api/v4/user/keys":
                return keys
            if path == "/api/v4/version":
                return ({"version": "17.0.1"},)
            if path == "/api/v4/groups/gr%C3%B8up/projects":
                return [{"id": n, "name": "pröject-%d" % n, "http_url_to_repo": "https://gl.test/grøup/p%d.git" % n} for n in range(1, 131)]
            if path.startswith("/api/v4/projects/") and path.endswith("/repository/commits"):
                return [] if path.split("/")[4] == "5" else [{"id": "x"}]
            if path == root:
                return ({"id": 9, "description": None, "created_at": moment(0, ".000"), "archived": False, "avatar_url": None, "star_count": 1},)
            if not path.startswith(root + "/"):
                raise Missing()
            parts = path[len(root) + 1:].split("/")
            if parts == ["merge_requests"]:
                return [r for r in requests() if str(r["iid"]) != faults.get("deleted")]
            if parts[0] == "merge_requests" and len(parts) == 2 and parts[1] != faults.get("deleted"):
                return (request(int(parts[1])),)
            if parts == ["events"]:
                return [event(n) for n in range(number("events", 8), 0, -1)]
            if parts == ["issues"]:
                return sorted([dict(request(n), state="opened", user_notes_count=int(n % number("every", 2) == number("every", 2) - 1), closed_by=None, labels=["a"]) for n in range(1, number("issues", 0) + 1)],
                              key=lambda value: value["updated_at"], reverse=True)
            if parts[-1] == "notes":
                n = int(parts[1])
                return [{"id": n * 100 + i, "body": None if i == 2 else "Nøte", "author": user(i), "created_at": moment(i)} for i in range(n % 4)]
            if parts[-1] == "approvals" and "no-approvals" not in options:
                n = int(parts[1])
                return ({"approved_by": [{"user": {"name": "Ann", "username": "ann"}}] if n % 2 else []},)
            if parts == ["repository", "commits"]:
                return [{"id": "%040x" % n} for n in range(5)]
            if parts[:2] == ["repository", "commits"] and parts[-1] == "comments":
                return [{"note": "Comment", "path": None, "line": None, "line_type": None, "author": user(0), "created_at": moment(9)}]
            raise Missing()

        def paged(values, address, query, host):
            page, size = int(query.get("page", 1)), min(int(query.get("per_page", 20)), number("pageSize", 100))
            last = max(1, -(-len(values) // size))
            items = dropped(values[(page - 1) * size:page * size], page, last, address.path)
            headers = {"X-Total": str(len(values)), "X-Total-Pages": str(last), "X-Page": str(page), "X-Per-Page": str(size),
                       "X-Next-Page": str(page + 1) if page < last else ""}
            if page < last:
                headers["Link"] = '<%s%s?%s>; rel="next"' % (host, address.path, urllib.parse.urlencode(dict(query, page=page + 1)))
            return items, headers
        """#
}
