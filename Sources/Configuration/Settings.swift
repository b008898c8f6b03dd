/// The effective settings: every declared one has a valid value, and it is known where that came from.
package struct Settings: Sendable {
    /// Where a value comes from.
    package indirect enum Origin: Sendable, Equatable, CustomStringConvertible {
        case fallback
        case environment
        case file(path: String, line: Int)
        /// The content of a file that a `NAME_FILE` setting names.
        case secretFile(path: String, namedBy: Origin)
        /// An option of the command line, e.g. `--ssh`.
        case option(String)

        package var description: String {
            switch self {
            case .fallback: "default"
            case .environment: "environment"
            case .file(let path, let line): "\(path):\(line)"
            case .secretFile(let path, let origin): "\(path), named by \(origin)"
            case .option(let option): "option \(option)"
            }
        }
    }

    /// A setting as `config show` shows it.
    package struct Entry: Sendable, Equatable {
        package let name: String
        /// A secret's value reads `<redacted>`; `nil` where nothing is set.
        package let value: String?
        package let origin: Origin
    }

    /// A value before it is typed.
    enum Text: Sendable {
        case plain(String)
        case secret(Secret)

        var revealed: String {
            switch self {
            case .plain(let text): text
            case .secret(let secret): secret.revealed
            }
        }
    }

    struct Value: Sendable {
        let text: Text
        let origin: Origin
    }

    private let declarations: [SettingDeclaration]
    /// By the name as it was set, numbers filled in; of a secret without `_FILE`.
    private let values: [String: Value]
    /// Variables that are no settings but that somebody asked for, e.g. those which credentials name.
    private let others: [String: String]
    /// What is worth a second look but stops nothing, one sentence each.
    package let warnings: [String]

    init(
        declarations: [SettingDeclaration], values: [String: Value], others: [String: String], warnings: [String]
    ) {
        self.declarations = declarations
        self.values = values
        self.others = others
        self.warnings = warnings
    }

    /// The value of a setting; of a numbered one, with its number.
    /// - Precondition: the setting is one of the declarations that were read.
    package subscript<Value>(setting: Setting<Value>, number number: Int? = nil) -> Value {
        let name = setting.name(number)
        guard let value = setting.read(values[name]?.text.revealed) else {
            preconditionFailure("\(name) was not checked")
        }
        return value
    }

    /// Where the value of a setting comes from.
    package func origin(of name: String) -> Origin { values[name]?.origin ?? .fallback }

    /// The numbers for which any setting of the family is used, e.g. of `SOURCE_<n>_…`, in their order.
    package func numbers(of family: String) -> [Int] {
        let used = values.filter { !FalsyWord.matches($0.value.text.revealed) }.keys.compactMap { SettingName($0) }
        return Set(used.filter { $0.pattern.hasPrefix("\(family)_<n>_") }.compactMap(\.number)).sorted()
    }

    /// Any variable by its name, as an entry of `credentials.cfg` may ask for: set, and not empty.
    package func variable(_ name: String) -> String? {
        let value = values[name]?.text.revealed ?? others[name]
        return value?.isEmpty == false ? value : nil
    }

    /// Every setting in the order of its declaration; of the numbered ones those that are set.
    package var entries: [Entry] {
        declarations.flatMap { declaration in
            guard declaration.name.contains("<n>") else { return [entry(declaration.name, declaration)] }
            let names = values.keys.compactMap { SettingName($0) }.filter { $0.pattern == declaration.name }
            return names.sorted { ($0.number ?? 0) < ($1.number ?? 0) }.map { entry($0.text, declaration) }
        }
    }

    private func entry(_ name: String, _ declaration: SettingDeclaration) -> Entry {
        switch (values[name], declaration.fallback) {
        case (let value?, _):
            let text: String =
                switch value.text {
                case .plain(let text): text.contains("://") ? text.withoutUserInfo : text
                case .secret(let secret): secret.description
                }
            return Entry(name: name, value: text, origin: value.origin)
        case (nil, .value(let fallback)): return Entry(name: name, value: fallback, origin: .fallback)
        case (nil, .described): return Entry(name: name, value: nil, origin: .fallback)
        }
    }
}

extension Setting {
    /// The name with a number in the place of `<n>`.
    package func name(_ number: Int?) -> String {
        guard let number else { return name }
        return name.split(separator: "_").map { $0 == "<n>" ? String(number) : String($0) }.joined(separator: "_")
    }
}

extension String {
    /// A URL without what stands before the host.
    fileprivate var withoutUserInfo: String {
        guard let colon = firstIndex(of: ":") else { return self }
        let start = index(colon, offsetBy: 3, limitedBy: endIndex) ?? endIndex
        let end = self[start...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? endIndex
        guard let at = self[start..<end].lastIndex(of: "@") else { return self }
        return String(self[..<start] + self[index(after: at)...])
    }
}
