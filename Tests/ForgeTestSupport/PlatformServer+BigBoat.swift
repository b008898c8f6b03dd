extension PlatformServer {
    /// A BigBoat dashboard with the figures that it had, and odd ones.
    static let bigBoat = #"""
        TAGGED = False
        LIMITED = (429, {}, {"Retry-After": "7"})

        def answer(method, path, query):
            if path != "/api/v2/status":
                raise Missing()
            check = {"ISO": "2024-05-18T12:50:04.123Z"}
            return ([{"name": "Avaïlable IPs", "lastCheck": check, "isOk": True, "details": {"usedIps": 8, "totalIps": 24}},
                     {"name": "Load", "lastCheck": check, "isOk": False, "details": {"loadavg": {"1": 1.5, "15": "0.25"}}},
                     {"name": "Odd", "lastCheck": None, "isOk": None, "details": None}, {"name": "Text", "details": {"time": "soon", "total": 1.5e3}}],)

        """#
}
