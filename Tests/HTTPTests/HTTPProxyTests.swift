import HTTP
import Testing

@Suite struct HTTPProxyTests {
    @Test(arguments: [
        ("http://proxy.test:3128", "proxy.test:3128"), ("proxy.test:3128", "proxy.test:3128"),
        ("https://proxy.test", "proxy.test"), ("http://u:p%40w@proxy.test:1/", "proxy.test:1"),
    ])
    func readsWhatTheEnvironmentSays(text: String, authority: String) throws {
        #expect(try HTTPProxy(proxy: text, bypass: nil)?.address.authority == authority)
    }

    @Test func takesTheLoginOutOfTheAddress() throws {
        let proxy = try #require(try HTTPProxy(proxy: "http://us%65r:p%40w@proxy.test:1", bypass: "a.test, .b.test,*"))
        #expect(proxy.credentials?.user == "user" && proxy.credentials?.password == "p@w")
        #expect(proxy.bypass == ["a.test", ".b.test", "*"])
        #expect(!proxy.address.text.contains("p%40w"))
    }

    @Test func isNoneWhereNothingIsSet() throws {
        #expect(try HTTPProxy(proxy: nil, bypass: "x") == nil)
        #expect(try HTTPProxy(proxy: "", bypass: nil) == nil)
    }

    @Test func doesNotRepeatWhatItCannotRead() {
        let error = #expect(throws: HTTPError.self) { try HTTPProxy(proxy: "ftp://user:secret@host", bypass: nil) }
        #expect(error.map { "\($0)".contains("secret") } == false)
    }
}
