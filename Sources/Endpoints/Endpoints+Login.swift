internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer
internal import Logging
internal import Pages

/// Who looks at the fleet page, and whether that person may.
extension Endpoints {
    // MARK: From where

    /// The networks of `OPERATOR_NETWORKS`; without any, this machine alone, and not through a proxy.
    func requireOperatorNetwork(_ request: HTTPServerRequest) throws(Denial) {
        let address = address(of: request)
        if let networks = services.policy.operatorNetworks {
            if let address, networks.contains(where: { $0.contains(address) }) { return }
        } else {
            let isForwarded = request.header("x-forwarded-for") != nil || request.header("forwarded") != nil
            if !isForwarded, request.peer == "::1" || request.peer.hasPrefix("127.") { return }
        }
        throw Denial(
            403,
            "The fleet page is not for requests from \(request.peer). "
                + "The controller's operator can let them in with the setting OPERATOR_NETWORKS.")
    }

    /// A form that another page made a browser send says so by where it comes from.
    func requireOwnOrigin(_ request: HTTPServerRequest) throws(Denial) {
        let site = request.header("sec-fetch-site")
        let origin = request.header("origin")
        let isOwn = origin.map { $0 == "https://\(request.authority)" } ?? (site == "same-origin")
        guard isOwn, site == nil || site == "same-origin" else {
            throw Denial(
                403,
                "The form does not come from this page. Behind a proxy, the header Host has to be the one that browsers sent."
            )
        }
    }

    // MARK: Sessions

    /// The cookie is this host's alone and goes over TLS only; no script can read it, and no other site makes a browser
    /// send it (https://www.rfc-editor.org/rfc/rfc6265bis, "__Host-").
    private static let cookieName = "__Host-session"

    private static func cookie(_ value: String, seconds: Int) -> (name: String, value: String) {
        ("Set-Cookie", "\(cookieName)=\(value); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=Strict")
    }

    private func cookie(of request: HTTPServerRequest) -> String? {
        let pairs = request.headers.filter { $0.name == "cookie" }.flatMap { $0.value.split(separator: ";") }
        for pair in pairs {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == Self.cookieName { return String(parts[1]) }
        }
        return nil
    }

    /// - Returns: `nil` where nobody is logged in.
    func session(_ request: HTTPServerRequest) async throws -> Session? {
        guard let cookie = cookie(of: request) else { return nil }
        return try await services.operators.session(cookie)
    }

    /// The session of a request that shows something.
    func requireSession(_ request: HTTPServerRequest) async throws -> Session {
        try requireOperatorNetwork(request)
        guard let session = try await session(request) else {
            throw Denial(401, "Nobody is logged in, or the session is over. Log in on the page at /.")
        }
        return session
    }

    /// The admin who sent a form from our own page.
    /// - Returns: the session and the form's fields.
    func requireAdmin(_ request: HTTPServerRequest) async throws -> (session: Session, form: FormFields) {
        let session = try await requireSession(request)
        try requireOwnOrigin(request)
        let form = try request.form()
        try requireFormToken(form, of: session)
        guard session.role == .admin else {
            throw Denial(403, "The account \(session.account) is a viewer: it sees, and decides nothing.")
        }
        return (session, form)
    }

    private func requireFormToken(_ form: FormFields, of session: Session) throws(Denial) {
        let token = form.values("form_token").first ?? ""
        guard ConstantTime.equal(Array(token.utf8), Array(session.formToken.utf8)) else {
            throw Denial(403, "The form is one of another session. Load the page again, and try once more.")
        }
    }

    // MARK: Logging in and out

    /// `POST /login` with `name` and `password`.
    func login(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try requireOperatorNetwork(request)
        try requireOwnOrigin(request)
        let form = try request.form()
        let name = form.values("name").first ?? ""
        do {
            let account = try await authenticate(name, form.values("password").first ?? "", request)
            // Whoever logs in anew leaves the session of before.
            if let former = cookie(of: request) { try await services.operators.closeSession(former) }
            guard
                let cookie = try await services.operators.openSession(of: account.name, password: account.hash)
            else { throw Self.wrongPassword }
            logger.info(
                "somebody logged in", ["account.name": .text(account.name.text), "peer.address": .text(request.peer)])
            let life = Int(Fleet.sessionLife.components.seconds)
            return Self.redirect("/", headers: [Self.cookie(cookie, seconds: life)])
        } catch let denial as Denial {
            noteDenial(denial, request)
            let headers: [(name: String, value: String)] = denial.retryAfter.map { [("Retry-After", "\($0)")] } ?? []
            return FleetPages.login(problem: denial.text).response(denial.status, headers: headers)
        }
    }

    /// `POST /logout`.
    func logout(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let session = try await requireSession(request)
        try requireOwnOrigin(request)
        try requireFormToken(request.form(), of: session)
        if let cookie = cookie(of: request) { try await services.operators.closeSession(cookie) }
        return Self.redirect("/", headers: [Self.cookie("", seconds: 0)])
    }

    private static let wrongPassword = Denial(401, "The name or the password is not right.")

    /// The account that a name and a password belong to. How often that may be tried is limited for each address and for
    /// each name; names without account cost the same, and are told the same.
    private func authenticate(
        _ name: String, _ password: String, _ request: HTTPServerRequest
    ) async throws -> (name: AccountName, hash: PasswordHash) {
        let place = address(of: request).map { Hex.encode(Array($0.bytes.prefix(8))) } ?? request.peer
        try requireAllowance(.passwords, of: "passwords from \(place)")
        let account: AccountName?
        do { account = try AccountName(name) } catch { account = nil }
        if let account { try requireAllowance(.passwords, of: "passwords of \(account)") }
        var hash: PasswordHash?
        if let account { hash = try await services.operators.passwordHash(of: account) }
        let text = password.utf8.count <= AccountPassword.most ? password : ""
        guard try await desk.matches(text, hash), let account, let hash else {
            if let account { try await services.operators.noteWrongPassword(of: account, from: request.peer) }
            throw Self.wrongPassword
        }
        return (account, hash)
    }

    /// Whoever may read the facts: a session, or, for programs, an account's name and password in each request.
    func requireReader(_ request: HTTPServerRequest) async throws {
        try requireOperatorNetwork(request)
        if try await session(request) != nil { return }
        guard let header = request.header("authorization"), header.lowercased().hasPrefix("basic "),
            let bytes = Base64.standard.decode(String(header.dropFirst("basic ".count))),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw Denial(401, "The facts are for those who have an account: Authorization: Basic ...") }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        _ = try await authenticate(parts[0], parts.count > 1 ? parts[1] : "", request)
    }

    static func redirect(_ target: String, headers: [(name: String, value: String)] = []) -> HTTPServerResponse {
        HTTPServerResponse(303, headers: [("Location", target), ("Cache-Control", "no-store")] + headers)
    }
}
