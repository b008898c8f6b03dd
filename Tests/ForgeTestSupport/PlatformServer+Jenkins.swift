extension PlatformServer {
    /// A Jenkins below `/ci` with `jobs=`, views but for `views=0`, and nodes of which one has no name.
    static let jenkins = #"""
        TAGGED = False
        LIMITED = (429, {}, {"Retry-After": "7"})

        def answer(method, path, query):
            if path == "/ci/api/json":
                return {"_class": "hudson.model.Hudson", "jobs": [{"_class": "x", "name": "jöb %d" % n} for n in range(number("jobs", 3))],
                        **({"views": [{"name": "all"}, {"name": None}]} if number("views", 1) else {})}
            if path == "/ci/computer/api/json":
                return {"_class": "hudson.model.ComputerSet", "computer": [{"displayName": "Built-In Node"}, {"displayName": None}]}
            raise Missing()

        """#
}
