import SourceSettings
import Testing

@Suite struct DenyListTests {
    @Test(
        arguments: [
            ("http://*.slow.example", "http://a.slow.example", true),
            ("http://*.slow.example", "http://slow.example/x", false),
            ("http://*.slow.example", "https://a.slow.example", false),
            ("*://ci.example", "https://ci.example/job/x", true),
            ("*://ci.example", "http://user:pw@ci.example/", true),
            ("http://ci.example", "http://ci.example:8080/", false),
            ("http://ci.example/a", "http://ci.example/a/b", true),
            ("http://ci.example/a", "http://ci.example/ab", false),
            ("http://ci.example/a*", "http://ci.example/abc", true),
            ("http://*.lan", "http://box.lan", true),
            ("http://*.lan", "http://a.b.lan/x", true),
            ("http://*.lan", "http://lan", false),
            ("http://*.lan", "https://x.lan", false),
            ("http://lazy.test", "http://lazy.test", true),
            ("http://lazy.test", "http://lazy.test/p", true),
            ("http://lazy.test", "http://u:p@lazy.test/", true),
            ("http://lazy.test", "http://lazy.test:8080", false),
            ("http://lazy.test", "http://LAZY.test", false),
            ("http://lazy.test:*", "http://lazy.test:8080", true),
            ("http://lazy.test:*", "http://lazy.test", false),
            ("*://h.test", "http://h.test", true),
            ("*://h.test", "https://h.test/a", true),
            ("*://h.test", "ftp://h.test", false),
            ("http://h*", "http://hx.test", true),
            ("http://h*", "http://h/x", true),
            ("http://h.test/a*", "http://h.test/abc", true),
            ("http://h.test/a*", "http://h.test/", false),
            ("http://h.test", "http://a.b@h.test/", false),
            ("http://h.test", "http://evil.test/http://h.test", false),
            ("", "http://h.test", false),
        ])
    func matchesAsTheReference(patterns: String, url: String, isDenied: Bool) {
        let list = DenyList(patterns)
        #expect(list.denies(url) == isDenied)
        #expect(list.warnings == [])
    }

    @Test(
        arguments: [
            ("ftp://x,http://ci.example", "http://ci.example", 1),
            ("http://a.example, http://b.example", "http://b.example", 0),
            ("h.test,http://ok.test", "http://ok.test/x", 1),
            ("http://,http:///x,*,http://ok.test,", "http://ok.test/x", 3),
        ])
    func aBadPatternIsLeftOutAlone(patterns: String, url: String, warnings: Int) {
        let list = DenyList(patterns)
        #expect(list.denies(url))
        #expect(list.warnings.count == warnings)
    }

    @Test(.timeLimit(.minutes(10))) func manyStarsTakeNoTime() {
        let list = DenyList("http://" + String(repeating: "a*", count: 100) + "b")
        #expect(!list.denies("http://" + String(repeating: "a", count: 2000)))
    }
}
