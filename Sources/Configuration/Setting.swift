/// What there is to know about a setting: the parser of files, `config show`, `env.example` and the manual use it.
package struct SettingDeclaration: Sendable {
    /// What holds when nobody sets it.
    package enum Fallback: Sendable, Equatable {
        case value(String)
        /// Nothing, or something worked out, as these words say.
        case described(String)
    }

    /// As written in the environment; `<n>` in it stands for a number.
    package let name: String
    /// The heading under which it is explained.
    package let section: String
    package let expectation: String
    package let fallback: Fallback
    package let isSecret: Bool
    package let example: String
    /// One paragraph.
    package let description: String
    /// What is wrong with a text, or `nil`.
    let fault: @Sendable (String) -> String?

    /// The same with the content taken from the file that is named; of secrets only.
    package var fileName: String? { isSecret ? "\(name)_FILE" : nil }

    /// Whether a name that was found is this setting's, or with the file's suffix.
    func matches(_ found: String) -> Bool { SettingName(found)?.pattern == name }
}

/// A setting with its type.
package struct Setting<Value: Sendable>: Sendable {
    package let declaration: SettingDeclaration
    /// The value of a text, or of nothing; `nil` for a text that is wrong.
    let read: @Sendable (String?) -> Value?

    package var name: String { declaration.name }

    /// A setting that always has a value: empty and `-` mean the default as well.
    /// - Precondition: the default is of the kind.
    package init(
        _ name: String, _ section: String, _ kind: ValueKind<Value>, default fallback: String,
        example: String? = nil, _ description: String
    ) {
        precondition(kind.parse(fallback) != nil, "\(name): the default is not \(kind.expectation)")
        read = { text in
            guard let text, !text.isEmpty, text != "-" else { return kind.parse(fallback) }
            return kind.parse(text)
        }
        declaration = SettingDeclaration(
            name: name, section: section, expectation: kind.expectation, fallback: .value(fallback), isSecret: false,
            example: example ?? fallback, description: description, fault: Self.fault(kind, read))
    }

    /// A setting that may be unused, which any falsy word says.
    package init<Wrapped: Sendable>(
        _ name: String, _ section: String, _ kind: ValueKind<Wrapped>, otherwise: String, example: String,
        _ description: String
    ) where Value == Wrapped? {
        read = { text in
            guard let text, !FalsyWord.matches(text) else { return .some(nil) }
            return kind.parse(text).map { .some($0) }
        }
        declaration = SettingDeclaration(
            name: name, section: section, expectation: kind.expectation, fallback: .described(otherwise),
            isSecret: Wrapped.self == Secret.self, example: example, description: description,
            fault: Self.fault(kind, read))
    }

    private static func fault<Found>(
        _ kind: ValueKind<Found>, _ read: @escaping @Sendable (String?) -> Value?
    ) -> @Sendable (String) -> String? {
        { text in
            guard read(text) == nil else { return nil }
            guard kind.showsFound else { return "expected \(kind.expectation), found something else" }
            let shown = text.unicodeScalars.prefix(60).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : String($0) }
            return "expected \(kind.expectation), found '\(shown.joined())'"
        }
    }
}

/// A name such as `SOURCE_2_TOKEN_FILE`, taken apart.
struct SettingName: Hashable {
    let text: String
    /// With the number replaced: `SOURCE_<n>_TOKEN_FILE`.
    let pattern: String
    let number: Int?

    /// - Returns: `nil` unless it is a name that a shell takes for a variable: ASCII letters, digits, underscores.
    init?(_ text: String) {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
        guard text.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || Character(UnicodeScalar($0)).isASCIIWordPart }) else {
            return nil
        }
        self.text = text
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        // 0 to 9999, written without further zeros, between two other parts.
        if parts.count >= 3, parts[1].count <= 4, let number = Int(parts[1]), String(number) == parts[1] {
            self.number = number
            pattern = ([parts[0], "<n>"] + parts[2...]).joined(separator: "_")
        } else {
            number = nil
            pattern = text
        }
    }
}

extension Character {
    fileprivate var isASCIIWordPart: Bool { isASCII && (isLetter || isNumber) }
}
