import HTTPServer
import Pages
import Testing

@Suite struct PageTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"), ("a&b", "a&amp;b"),
        ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"), ("it's", "it&#39;s"),
        // A mark that combines with what would end an attribute, or begin an element.
        ("\"\u{338}><\u{338}b>", "&quot;\u{338}&gt;&lt;\u{338}b&gt;"),
        // Text that shows otherwise than it is.
        ("a\u{202E}b\u{1B}[31m\u{0}", "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}"), ("two\nlines", "two\nlines"),
    ]) func textStaysText(text: String, escaped: String) {
        #expect(HTML(text).source == escaped)
        let piece: HTML = "<b title=\"\(text)\">\(text)</b>"
        #expect(piece.source == "<b title=\"\(escaped)\">\(escaped)</b>")
        // What is HTML already is not escaped again.
        let whole: HTML = "<p>\(piece)\([piece, piece])\(7)</p>"
        #expect(whole.source == "<p>\(piece.source)\(piece.source)\(piece.source)7</p>")
    }

    @Test func aPageKeepsToItself() throws {
        let page = Page("A & B", navigation: "<nav></nav>", forms: .own, body: "<p>text</p>")
        let response = page.response(403, headers: [("Set-Cookie", "a=b")])
        func header(_ name: String) -> String? { response.headers.first { $0.name == name }?.value }
        #expect(response.status == 403 && header("Set-Cookie") == "a=b" && header("Cache-Control") == "no-store")
        let policy = try #require(header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && policy.contains("form-action 'self'"))
        #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains("<title>A &amp; B</title>") && text.contains("<html lang=\"en\">"))
        #expect(text.contains("<a class=\"skip\" href=\"#main\">") && text.contains("<main id=\"main\">"))
        #expect(!text.contains("<script") && !text.contains("src=") && !text.contains("style=\""))
    }

    @Test func aTableHasHeadingsForThoseWhoHearIt() {
        let table = PageTable("Agents", ["agent", "state"], [["<b>A</b>", "ok"]]).html.source
        #expect(table.contains("<th scope=\"col\">agent</th>") && table.contains("<td><b>A</b></td>"))
        #expect(table.contains("role=\"region\" tabindex=\"0\" aria-label=\"Agents\""))
        #expect(PageTable("Agents", ["agent"], []).html.source == "<h2>Agents</h2><p>None yet.</p>")
    }
}
