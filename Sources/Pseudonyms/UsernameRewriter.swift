import ControllerAPI
import _StringProcessing

/// Applies the username rules: the first rule whose prefix fits decides, later ones are not looked at.
struct UsernameRewriter {
    private struct Rule {
        let prefix: Regex<AnyRegexOutput>
        let replaced: Regex<AnyRegexOutput>
        let replacement: [Piece]
        let isLowercasing: Bool
    }

    /// A part of a replacement text.
    private enum Piece {
        case text(String)
        case group(Int)
    }

    private let rules: [Rule]

    init(_ rules: [UsernameRule]) throws(PseudonymError) {
        var compiled: [Rule] = []
        for (index, rule) in rules.enumerated() {
            let number = index + 1
            let prefix = try Self.compile(Self.pattern(prefix: rule.prefix), number)
            compiled.append(
                Rule(
                    prefix: prefix,
                    replaced: try rule.pattern.map { pattern throws(PseudonymError) in
                        try Self.compile(pattern, number)
                    }
                        ?? prefix,
                    replacement: rule.pattern == nil ? [] : Self.pieces(rule.replace ?? ""),
                    isLowercasing: rule.mutate == .lower))
        }
        self.rules = compiled
    }

    func rewritten(_ name: String) -> String {
        for rule in rules where name.prefixMatch(of: rule.prefix) != nil {
            let replaced = name.replacing(rule.replaced) { match in
                rule.replacement.map { piece in
                    switch piece {
                    case .text(let text): text
                    case .group(let number):
                        number < match.output.count ? String(match.output[number].substring ?? "") : ""
                    }
                }.joined()
            }
            return rule.isLowercasing ? replaced.lowercased() : replaced
        }
        return name
    }

    private static func compile(_ pattern: String, _ number: Int) throws(PseudonymError) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern).matchingSemantics(.unicodeScalar)
        } catch {
            throw PseudonymError(rule: number)
        }
    }

    /// The regular expression of a prefix: `%` any text, `_` one character, the rest literal.
    private static func pattern(prefix: String) -> String {
        var pattern = ""
        for scalar in prefix.unicodeScalars {
            switch scalar {
            case "%": pattern += ".*"
            case "_": pattern += "."
            case "0"..."9", "A"..."Z", "a"..."z", "\u{80}"...: pattern.unicodeScalars.append(scalar)
            default: pattern += "\\x{\(String(scalar.value, radix: 16))}"
            }
        }
        return pattern
    }

    /// Takes a replacement such as `$2-$1` apart.
    private static func pieces(_ replacement: String) -> [Piece] {
        var pieces: [Piece] = []
        var text = ""
        var rest = Substring(replacement)
        while let character = rest.popFirst() {
            let digits = character == "$" ? rest.prefix { $0.isASCII && $0.isNumber } : ""
            guard let group = Int(digits) else {
                text.append(character)
                continue
            }
            rest.removeFirst(digits.count)
            pieces += [.text(text), .group(group)]
            text = ""
        }
        return pieces + [.text(text)]
    }
}
