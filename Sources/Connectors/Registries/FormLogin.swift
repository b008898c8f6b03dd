import Configuration
import HTTP
import REST
import RegistryDefinitions

/// Logs in as a browser does: reads the page if need be, sends the form, and keeps the cookies.
struct FormLogin {
    private let settings: RegistrySettings
    private let form: RegistryDefinition.Form

    init(_ settings: RegistrySettings, _ form: RegistryDefinition.Form) {
        self.settings = settings
        self.form = form
    }

    /// The cookies of a session (RFC 6265 §5.4).
    func authorization() async throws -> Authorization {
        let base = settings.base
        let prefix = base.path.hasSuffix("/") ? String(base.path.dropLast()) : base.path
        let address = try WebAddress("\(base.origin)\(prefix)/\(form.path)")
        var cookies: [String: String] = [:]
        var fields = form.fields.map { (name: $0.name, value: $0.value) }
        if form.readsPage {
            let page = try await send(.get, address, cookies: cookies, body: nil)
            guard page.isSuccess else {
                throw refused(address, "expected the page of the login, found status \(page.status)")
            }
            Self.take(page.headers, into: &cookies)
            fields += HiddenFields.read(String(decoding: page.body, as: UTF8.self))
        }
        let sent =
            fields.filter { $0.name != form.userField && $0.name != form.passwordField } + [
                (name: form.userField, value: settings.user ?? ""),
                (name: form.passwordField, value: settings.password?.revealed ?? ""),
            ]
        let answer = try await send(.post, address, cookies: cookies, body: Array(PercentEncoding.form(sent).utf8))
        guard answer.isSuccess || (300..<400).contains(answer.status) else {
            throw refused(address, "the form was not accepted (\(answer.status))")
        }
        if let target = answer.headers["Location"], Self.path(target, from: address) == address.path {
            throw refused(address, "the form leads back to itself")
        }
        let before = cookies
        Self.take(answer.headers, into: &cookies)
        if let name = form.cookie {
            guard let value = cookies[name], value != before[name] else {
                throw refused(address, "the answer sets no cookie \(name)")
            }
        } else if cookies.isEmpty {
            throw refused(address, "the answer sets no cookie")
        }
        let text = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        return Authorization(.header("Cookie"), Secret(text), name: "the password of \(settings.name)")
    }

    private func refused(_ address: WebAddress, _ problem: String) -> RegistryError {
        RegistryError(
            code: .loginRefused, subject: address.description, problem: problem,
            advice:
                "check user and password of \(settings.name), and the names of the form's fields in \(settings.definition.path)"
        )
    }

    private func send(
        _ method: HTTPRequest.Method, _ address: WebAddress, cookies: [String: String], body: [UInt8]?
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(method, address)
        for header in settings.definition.headers { request.headers.add(header.name, header.value) }
        if !cookies.isEmpty {
            request.headers["Cookie"] = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: "; ")
        }
        if body != nil {
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
            // Sites that look for forged requests compare it with their own address.
            request.headers["Referer"] = address.text
        }
        request.body = body
        request.trust = settings.trust
        request.transport = address.scheme == "http" ? .plainAllowed : .secureOnly
        request.timeouts = .init(connect: .seconds(15), stall: .seconds(60), total: .seconds(120))
        do {
            return try await settings.http.send(request)
        } catch {
            try Task.checkCancellation()
            throw RESTError(.unreachable(error), address.description)
        }
    }

    /// A cookie that is set to nothing, or to end, goes.
    private static func take(_ headers: HTTPHeaders, into cookies: inout [String: String]) {
        for header in headers.values(of: "Set-Cookie") {
            let parts = header.split(separator: ";", omittingEmptySubsequences: false)
            let pair = (parts.first ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let name = String(pair[0].drop { $0 == " " })
            let isEnded = parts.dropFirst().contains { $0.lowercased().filter { $0 != " " } == "max-age=0" }
            cookies[name] = isEnded || pair[1].isEmpty ? nil : String(pair[1])
        }
    }

    private static func path(_ target: String, from address: WebAddress) -> String {
        let rest = target.hasPrefix(address.origin) ? String(target.dropFirst(address.origin.count)) : target
        return String(rest.prefix { $0 != "?" && $0 != "#" })
    }
}

/// The `<input type="hidden">` of a page, which forms against forged requests have.
enum HiddenFields {
    static func read(_ page: String) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var rest = page[...]
        while let start = rest.ranges(of: "<input").first, let end = rest[start.upperBound...].firstIndex(of: ">") {
            let tag = rest[start.upperBound..<end]
            rest = rest[end...]
            guard attribute("type", tag)?.lowercased() == "hidden", let name = attribute("name", tag) else { continue }
            fields.append((name, unescaped(attribute("value", tag) ?? "")))
        }
        return fields
    }

    private static func attribute(_ name: String, _ tag: Substring) -> String? {
        guard let range = tag.ranges(of: " \(name)=").first else { return nil }
        let rest = tag[range.upperBound...]
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            return String(rest.prefix { $0 != " " && $0 != "/" })
        }
        return String(rest.dropFirst().prefix { $0 != quote })
    }

    private static func unescaped(_ text: String) -> String {
        [
            ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&#43;", "+"),
            ("&amp;", "&"),
        ]
        .reduce(text) { $0.replacing($1.0, $1.1) }
    }
}
