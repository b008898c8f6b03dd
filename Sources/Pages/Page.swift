internal import Cryptography
package import HTTPServer

/// A page for people: no scripts, nothing from elsewhere, one style for light and dark, wide and narrow.
package struct Page: Sendable {
    /// Where its forms may be sent.
    package enum Forms: Sendable {
        /// It has none.
        case none
        /// To where the page comes from.
        case own
    }

    package let title: String
    package let navigation: HTML
    package let body: HTML
    private let forms: Forms

    /// - Parameters:
    ///   - title: what browsers show, and what the page begins with.
    ///   - navigation: links to other pages, before everything else.
    package init(_ title: String, navigation: HTML = "", forms: Forms = .none, body: HTML) {
        self.title = title
        self.navigation = navigation
        self.forms = forms
        self.body = body
    }

    package var html: HTML {
        let skip: HTML = navigation.isEmpty ? "" : "<a class=\"skip\" href=\"#main\">To the content</a>"
        let head: HTML = navigation.isEmpty ? "" : "<header>\(navigation)</header>"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1">\
            <meta name="color-scheme" content="light dark"><title>\(title)</title>\
            <style>\(HTML(stringLiteral: Self.style))</style></head>\
            <body>\(skip)\(head)<main id="main"><h1>\(title)</h1>\(body)</main></body></html>

            """
    }

    /// - Parameter headers: others than those that keep the page to itself.
    package func response(_ status: Int = 200, headers: [(name: String, value: String)] = []) -> HTTPServerResponse {
        HTTPServerResponse(
            status,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
                ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
                // Without a referrer at all, browsers would not say where a form comes from.
                ("Referrer-Policy", forms == .none ? "no-referrer" : "same-origin"), ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ] + headers, body: Array(html.source.utf8))
    }

    /// Nothing may be loaded or framed; the one style is known by its digest.
    private var policy: String {
        "default-src 'none'; style-src 'sha256-\(Self.styleDigest)'; base-uri 'none'; "
            + "form-action \(forms == .none ? "'none'" : "'self'"); frame-ancestors 'none'"
    }

    private static let styleDigest = Base64.standard.encode(SHA256.digest(of: Array(style.utf8)).bytes)

    /// Contrast is at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3), and what has the focus is seen.
    private static let style = """
        :root{color-scheme:light dark}\
        body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;background:#fff}\
        header{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:center;border-bottom:1px solid #d0d7de;\
        padding-bottom:.6rem}nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}\
        a{color:#0b57a4}a[aria-current]{font-weight:600;color:inherit;text-decoration:none}\
        .wide{overflow-x:auto;margin:.5rem 0 2rem}\
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;\
        border-bottom:1px solid #d0d7de;vertical-align:top}th{font-weight:600}td{overflow-wrap:break-word;min-width:4rem;max-width:30rem}\
        .bad{color:#b3261e}.good{color:#1a6b2f}.note{border-left:4px solid;padding:.3rem .8rem}\
        form.line{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:end;margin:.3rem 0}header form.line{margin:0 0 0 auto;align-items:center}label{display:block}\
        input,button{font:inherit;padding:.3rem .6rem;border:1px solid #6b7280;border-radius:.3rem;background:#fff;\
        color:inherit;max-width:100%;box-sizing:border-box}button{background:#eef1f4;cursor:pointer}\
        :focus-visible{outline:3px solid #0b57a4;outline-offset:2px}\
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.3rem .6rem}\
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;\
        overflow-wrap:anywhere}\
        @media(max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\
        @media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}header,th,td{border-color:#3a3f47}\
        a{color:#8ab8ff}.bad{color:#ff8a80}.good{color:#7bd88f}input{background:#16181c}button{background:#2a2e35}\
        :focus-visible{outline-color:#8ab8ff}.skip:focus{background:#16181c}}
        """
}
