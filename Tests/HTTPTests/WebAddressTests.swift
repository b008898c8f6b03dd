import HTTP
import Testing

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://Host.Example/a/../b?c=d#e", "https", "host.example", 443, "/a/../b", "c=d", "host.example"),
        ("http://127.0.0.1:8080", "http", "127.0.0.1", 8080, "/", nil, "127.0.0.1:8080"),
        ("https://[::1]:443/%2F", "https", "[::1]", 443, "/%2F", nil, "[::1]"),
    ])
    func readsTheParts(
        text: String, scheme: String, host: String, port: Int, path: String, query: String?, authority: String
    ) throws {
        let address = try WebAddress(text)
        #expect((address.scheme, address.host, address.port) == (scheme, host, port))
        #expect((address.path, address.query, address.authority) == (path, query, authority))
        #expect(!address.text.contains("#"))
        #expect(!address.description.contains("?"))
    }

    @Test(arguments: [
        "", "host", "/path", "ftp://host/", "file:///etc/passwd", "https://", "https://user@host/", "https://u:p@host/",
        "https://host:99999/", "https://ho st/", "https://host\0.example/",
    ])
    func refuses(text: String) {
        #expect(throws: HTTPError.self) { try WebAddress(text) }
    }

    @Test func encodesForms() {
        #expect(PercentEncoding.form([("a b", "c&d=é"), ("x", "~-._Z9")]) == "a%20b=c%26d%3D%C3%A9&x=~-._Z9")
    }
}
