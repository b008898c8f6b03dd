extension PlatformServer {
    /// A Quality-time below `/q` with two reports and `metrics=` metrics in the first.
    ///
    /// `phase=2`: the target of the first metric changed, twelve times in a row with `many=1`, the last metric left its report,
    /// and there is a newer measurement. Dates come in several zones, values as null, as text and as a fraction.
    static let qualityTime = #"""
        TAGGED = False
        LIMITED = (429, {}, {"Retry-After": "7"})
        REPORT = "818b0b22-1bac-45b9-9f4d-ad898a7c47e0"

        def phase():
            return int(faults.get("phase", 1))

        def uuid(n):
            return "3ddbacd8-882c-4c0c-8f63-%012x" % n

        def metric(n):
            sources = {"a": {"type": "sonarqube", "parameters": {"url": "https://sonar.test/", "component": "cömp"}},
                       "b": {"type": "gitlab", "parameters": {"url": "https://gl.test", "project": "grøup/name", "landing_url": None}},
                       "c": {"type": "azure_devops", "parameters": {"url": "https://tfs.test/c/P", "repository": "Repo"}},
                       "d": {"type": "cloc", "parameters": {"url": "https://x.test", "list": ["a", 1]}}, "e": {"type": None, "parameters": None}}
            return {"type": "loc" if n % 2 else "coverage", "scale": None if n == 1 else "count" if n % 2 else "percentage",
                    "target": "45000" if n == 1 and phase() == 2 else "40000" if n == 1 else None, "near_target": "" if n == 2 else "50000",
                    "debt_target": None, "direction": None if n < 3 else "<", "comment": None if n == 2 else "Cömment",
                    "sources": sources if n == 1 else {}}

        def reports():
            count = number("metrics", 3) - (1 if phase() == 2 else 0)
            subjects = {"s-1": {"name": None, "type": "software", "metrics": {uuid(n): metric(n) for n in range(1, count + 1)}},
                        "s-2": {"type": "process"}}
            return [{"report_uuid": REPORT, "title": "Rëport", "timestamp": "2024-06-10T10:00:00+00:00" if phase() == 2 else "2024-05-04T10:00:00-11:00", "subjects": subjects},
                    {"report_uuid": "918b0b22-1bac-45b9-9f4d-ad898a7c47e0", "title": "Other", "timestamp": None, "subjects": None}]

        def change(hour, attribute, old, new, user="Jäne changed Doe"):
            return {"delta": "%s changed the %s of metric 'Size 'x'' of subject 'S' in report 'R' from '%s' to '%s'." % (user, attribute, old, new),
                    "email": "jane@example.test" if hour % 2 else None, "timestamp": "2024-05-04T%02d:00:00+02:00" % hour}

        def changelog(id):
            if id != uuid(1):
                return []
            log = [{"delta": None, "timestamp": None}, {"delta": "Jane Doe accepted the technical debt of metric 'x'.", "timestamp": "2024-05-04T13:39:32+00:00"},
                   change(13, "target", "None", "40000"), change(12, "direction", ">", "<"), change(11, "landing_url", "a", "b")]
            newer = 25 if "many" in faults else 1
            if phase() == 2:
                log = [dict(change(1, "target", 45000 - n - 1 if n < newer - 1 else 40000, 45000 - n), timestamp="2024-06-10T09:%02d:00+00:00" % (59 - n)) for n in range(newer)] + log
            return log

        def measurements(id):
            values = [{"start": "2024-05-01T00:00:00+00:00", "end": "2024-05-01T23:00:00+14:00", "count": {"value": "7", "status": "target_met"}, "percentage": {"value": "8.5", "status": None}},
                      {"start": None, "end": "2024-05-02T23:00:00-11:00", "count": {"value": None, "status": None}, "percentage": None},
                      {"start": "2024-05-03T00:00:00+00:00", "end": "2024-05-03T23:00:00Z", "count": {"value": "1.2.3", "status": "x"}, "percentage": {"value": "n/a"}},
                      {"start": "2024-05-03T00:00:00+00:00", "end": None}]
            if phase() == 2:
                values.append({"start": "2024-06-09T00:00:00+00:00", "end": "2024-06-11T00:00:00+00:00", "count": {"value": 9, "status": "target_met"}})
            return values

        def answer(method, path, query):
            root = "/q/api/internal/"
            if path == "/q/api/v3/server":
                return {"version": "5.12.0"}
            if not path.startswith(root) or "report_date" not in query:
                raise Missing()
            parts = path[len(root):].split("/")
            if parts[0] == "report":
                return {"ok": True, "reports": reports()}
            if parts[0] == "datamodel":
                kind = {"name": "Size", "default_scale": "count", "direction": "<", "target": "30000", "near_target": "35000"}
                return {"metrics": {"loc": kind, "coverage": dict(kind, direction=">", target=None, near_target="", default_scale=None)},
                        "subjects": {"software": {"name": "Söftware"}}, "timestamp": "2024-05-18T12:50:04+00:00"}
            if parts[:2] == ["changelog", "metric"]:
                return {"changelog": changelog(parts[2])[:int(parts[3])]}
            if parts[0] == "measurements":
                if phase() == 2 and parts[1] == uuid(number("metrics", 3)):
                    raise Missing()
                return {"measurements": measurements(parts[1])}
            raise Missing()

        """#
}
