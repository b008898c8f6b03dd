extension PlatformServer {
    /// A SonarQube below `/sonar` with `components=` and `analyses=`, `metrics=` metrics of interest, and the limits of the real
    /// one: at most 500 metrics or components a page and 10,000 in all, 1,000 analyses a page, 404 for unknown metrics.
    ///
    /// `phase=2`: the gate of the first component asks for more, and one metric is no more. `version=` is what it says it is.
    static let sonarQube = #"""
        TAGGED = False
        LIMITED = (429, {}, {"Retry-After": "7"})

        def phase():
            return int(faults.get("phase", 1))

        def metrics():
            kinds = ["INT", "PERCENT", "WORK_DUR", "RATING", "BOOL", "STRING", None]
            count = number("metrics", 4) - (1 if phase() == 2 else 0)
            found = [{"key": "metric%d" % n, "type": kinds[n % 7], "direction": [-1, 1, None][n % 3], "qualitative": None if n == 3 else True, "hidden": False} for n in range(1, count + 1)]
            found += [{"key": "new_coverage", "type": "PERCENT", "direction": 1, "qualitative": True}]
            return found + [{"key": "hidden%d" % n, "hidden": True, "qualitative": True} for n in range(600)]

        def components():
            return [{"key": "cömp:%d" % n, "name": "Cömponent" + (" renamed" if phase() == 2 else "")} for n in range(1, number("components", 2) + 1)]

        def part(values, query, limit):
            page, size = int(query.get("p", 1)), int(query.get("ps", 100))
            if size > limit or page * size > number("listed", 10000) and limit == 500:
                raise Missing()
            return values[(page - 1) * size:page * size], {"pageIndex": page, "pageSize": size, "total": len(values)}

        def answer(method, path, query):
            path = path.removeprefix("/sonar/api/")
            if path == "server/version":
                return options.get("version", "10.4.1.88267\\n").encode()
            if "organization" in options and query.get("organization") != options["organization"]:
                raise Missing()
            if path == "components/search_projects":
                values = components()
                if "filter" in query:
                    values = [] if "unlisted" in options else [value for value in values if query["filter"] == 'query="%s"' % value["key"]] + values[-1:]
                if query.get("asc") == "yes":
                    values = values[::-1]
                values, paging = part(values, query, 500)
                return {"paging": paging, "organizations": [], "components": values}
            known = {value["key"]: value for value in components()}
            key = query.get("component", query.get("project"))
            if path in ["components/show", "navigation/component", "measures/search_history", "qualitygates/get_by_project"] and key not in known:
                raise Missing()
            if path == "components/show":
                return {"component": known[key]}
            if path == "navigation/component":
                return dict(known[key], alm={"key": "github", "url": "https://gh.test/o/r"} if key.endswith("1") else None)
            if path == "metrics/search":
                values, paging = part(metrics(), query, 500)
                return {"metrics": values, "total": paging["total"], "p": 1, "ps": 500}
            if path == "qualitygates/get_by_project":
                return {"qualityGate": {"id": "9", "name": "Güte & mehr", "default": False} if key.endswith("1") else {"name": "Sonar way", "default": True}}
            if path == "qualitygates/show" and query["name"] == "Güte & mehr":
                return {"conditions": [{"metric": "metric1", "op": "GT", "error": "30" if phase() == 1 else "20"}, {"metric": "metric2", "op": "GT", "error": None},
                                       {"metric": "gone", "op": "LT", "error": "80"}]}
            if path == "measures/search_history":
                wanted = query["metrics"].split(",")
                if not set(wanted) <= {value["key"] for value in metrics()} or len(query["metrics"]) > 2000:
                    raise Missing()
                dates = [moment(n * 60).replace("Z", "-0930") for n in range(number("analyses", 3))]
                dates, paging = part([date for date in dates if date >= query["from"][:19]], query, 1000)
                values = ["12.5", None, "OK", "0"]
                return {"paging": paging, "measures": [{"metric": name, "history": [dict(date=date, **({"value": values[n % 4]} if n % 4 != 1 else {})) for n, date in enumerate(dates)]} for name in wanted]}
            raise Missing()

        """#
}
