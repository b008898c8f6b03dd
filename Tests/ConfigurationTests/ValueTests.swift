import Configuration
import Testing

@Suite struct ValueTests {
    @Test(
        arguments: [
            ("90s", Duration.seconds(90)), ("15min", .seconds(900)), ("12h", .seconds(43200)),
            ("7d", .seconds(604_800)),
            ("500ms", .milliseconds(500)), ("15", nil), ("15m", nil), ("min", nil), ("-1s", nil), ("1.5h", nil),
            ("", nil),
            ("99999999999s", nil),
        ] as [(String, Duration?)])
    func readsDurations(text: String, duration: Duration?) {
        #expect(Duration(text) == duration)
    }

    @Test(
        arguments: [
            ("2GiB", 2 << 30), ("512MiB", 512 << 20), ("10MB", 10_000_000), ("4096", 4096), ("4kB", 4000), ("7B", 7),
            ("1TiB", 1 << 40), ("GiB", nil), ("-1", nil), ("1.5GiB", nil), ("2gib", nil), ("", nil),
            ("4000000000TiB", nil),
        ] as [(String, Int?)])
    func readsSizes(text: String, bytes: Int?) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(arguments: [("2GiB", "2GiB"), ("2048MiB", "2GiB"), ("1000", "1000B"), ("1536MiB", "1536MiB")])
    func writesSizes(text: String, written: String) {
        #expect(ByteCount(text)?.description == written)
    }

    @Test(
        arguments: [
            ("controller.example", "controller.example", nil), ("Controller:8443", "controller", 8443),
            ("10.0.0.7:1", "10.0.0.7", 1), ("[::1]:8443", "::1", 8443), ("[fe80::1]", "fe80::1", nil),
            ("a_b", "a_b", nil),
        ] as [(String, String, Int?)])
    func readsHosts(text: String, host: String, port: Int?) {
        #expect(HostPort(text) == HostPort(host: host, port: port))
        #expect(HostPort(text)?.description == text.lowercased())
    }

    @Test(arguments: [
        "", ":80", "-a", "a:", "a:0", "a:65536", "a:+1", "a:b", "a b", "a/b", "::1", "[::1", "[a]", "[::1]80", "a@b",
        "ä",
    ])
    func refusesWhatIsNoHost(text: String) {
        #expect(HostPort(text) == nil)
    }

    @Test(
        arguments: [
            ("https://git.example/a.git", true), ("git@git.example:a", true), ("file:///a", true), ("/a/b c", true),
            ("/a:b", true), ("a", false), ("a/b", false), ("https://git.example/a b", false), ("/a\u{7}", false),
            ("", false),
        ])
    func readsAddressesOfSources(text: String, isGood: Bool) {
        #expect((ValueKind<String>.url.parse(text) != nil) == isGood)
    }

    @Test(arguments: ["", "-", "0", "no", "off", "false", "False", "NO", "Off"])
    func knowsFalsyWords(word: String) {
        #expect(FalsyWord.matches(word))
        #expect(!FalsyWord.matches(word + "x"))
    }

    @Test func aSecretShowsNothing() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for shown in [
            "\(secret)", String(reflecting: secret), String(describing: [secret]), dumped, "\(Optional(secret)!)",
        ] {
            #expect(shown.contains("redacted"))
            #expect(!shown.contains("hunter2"))
        }
        #expect(secret.revealed == "hunter2")
        #expect(secret == Secret("hunter2"))
        #expect(secret != Secret("hunter3"))
        #expect(secret != Secret("hunter"))
        #expect((secret as Any) as? any Encodable == nil)
    }
}
