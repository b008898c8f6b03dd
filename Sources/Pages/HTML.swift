/// A piece of HTML. What a literal says is taken as it stands, and what is put into it as text is escaped: a text that
/// somebody else chose cannot become anything but text.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    package let source: String

    package init(stringLiteral source: String) { self.source = source }

    package init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

    /// A text as HTML.
    package init(_ text: String) { source = Self.escaped(text) }

    /// Pieces one after the other.
    package init(_ pieces: [HTML]) { source = pieces.map(\.source).joined() }

    package static func + (left: HTML, right: HTML) -> HTML { HTML([left, right]) }
    package static func += (left: inout HTML, right: HTML) { left = left + right }

    package var isEmpty: Bool { source.isEmpty }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

        package mutating func appendLiteral(_ literal: String) { source += literal }
        package mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
        package mutating func appendInterpolation(_ number: Int) { source += String(number) }
        package mutating func appendInterpolation(_ piece: HTML) { source += piece.source }
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { source += piece.source } }
    }

    /// Scalar by scalar: a mark that combines with a quote would hide it from a look at whole characters. Controls, and
    /// what turns the direction of the text around it, are replaced, so that what a reader sees is what is there.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
