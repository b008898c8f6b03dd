import Commands
import Files

/// Sorts what was set to the declarations, and collects what is wrong with it.
struct SettingsReader {
    private struct Found {
        let value: String
        let origin: Settings.Origin
        let isFileName: Bool
        let layer: Int
    }

    private let declarations: [String: SettingDeclaration]
    private let ordered: [SettingDeclaration]
    private let others: Set<String>
    private var found: [String: Found] = [:]
    private var otherValues: [String: String] = [:]
    private var faults: [ConfigurationFault]
    private var warnings: [String]
    private var layer = 0

    init(
        _ declarations: [SettingDeclaration], others: Set<String>, faults: [ConfigurationFault], warnings: [String]
    ) {
        ordered = declarations
        self.declarations = Dictionary(declarations.map { ($0.name, $0) }) { first, _ in first }
        self.others = others
        self.faults = faults
        self.warnings = warnings
    }

    mutating func beginLayer() { layer += 1 }

    /// Takes one assignment; a later layer wins over an earlier one.
    mutating func take(_ text: String, _ value: String, _ origin: Settings.Origin, isOurs: Bool) {
        if others.contains(text) { otherValues[text] = value }
        guard let name = SettingName(text) else { return }
        if declarations[name.pattern] != nil {
            return set(name.text, Found(value: value, origin: origin, isFileName: false, layer: layer))
        }
        if name.pattern.hasSuffix("_FILE"), declarations[String(name.pattern.dropLast(5))]?.isSecret == true {
            let base = String(name.text.dropLast(5))
            return set(base, Found(value: value, origin: origin, isFileName: true, layer: layer))
        }
        reportUnknown(name, origin, isOurs: isOurs)
    }

    private mutating func set(_ name: String, _ new: Found) {
        if let old = found[name], old.layer == new.layer, old.isFileName != new.isFileName {
            guard !FalsyWord.matches(new.value) else { return }
            if !FalsyWord.matches(old.value) {
                faults.append(
                    .init(.conflict, "\(name) (\(new.origin))", "set together with \(name)_FILE, expected one of them"))
            }
        }
        found[name] = new
    }

    private mutating func reportUnknown(_ name: SettingName, _ origin: Settings.Origin, isOurs: Bool) {
        guard !others.contains(name.text) else { return }
        let isNumbered = ordered.contains { $0.name.hasPrefix(name.pattern.prefix { $0 != "<" }) && name.number != nil }
        guard isOurs || isNumbered else { return }
        if let hint = ReferenceVariables.hint(for: name.text) {
            if isOurs { warnings.append("\(name.text) (\(origin)) has no effect: \(hint)") }
            return
        }
        let names = ordered.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) }
        let suggestion = Spelling.nearest(to: name.pattern, among: names)
            .map { $0.replacing("<n>", with: name.number) }
        guard isOurs else {
            warnings.append(
                "\(name.text) in the environment is no known setting"
                    + (suggestion.map { "; did you mean \($0)?" } ?? ""))
            return
        }
        faults.append(
            .init(.unknownName, origin.description, "\(name.text) is no known setting", suggestion: suggestion))
    }

    mutating func finish(home: String) throws(ConfigurationError) -> Settings {
        var values: [String: Settings.Value] = [:]
        for (name, found) in found.sorted(by: { $0.key < $1.key }) {
            guard let pattern = SettingName(name)?.pattern, let declaration = declarations[pattern] else { continue }
            guard let (text, origin) = content(of: name, found, home: home) else { continue }
            if let fault = declaration.fault(text) {
                faults.append(.init(.badValue, "\(name) (\(origin))", fault))
            } else {
                let isRedacted = declaration.isSecret && !FalsyWord.matches(text)
                values[name] = .init(text: isRedacted ? .secret(Secret(text)) : .plain(text), origin: origin)
            }
        }
        guard faults.isEmpty else { throw ConfigurationError(faults) }
        return Settings(declarations: ordered, values: values, others: otherValues, warnings: warnings)
    }

    /// The text itself, or what the file holds that it names.
    private mutating func content(
        of name: String, _ found: Found, home: String
    ) -> (text: String, origin: Settings.Origin)? {
        guard found.isFileName else { return (found.value, found.origin) }
        guard !FalsyWord.matches(found.value) else { return ("", found.origin) }
        let path = found.value.hasPrefix("/") ? found.value : "\(home)/\(found.value)"
        let subject = "\(name)_FILE (\(found.origin))"
        do throws(FileError) {
            // A secret is a line; what is longer is another file.
            let bytes = try Files.read(path, limit: 64 << 10)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                faults.append(.init(.badValue, subject, "expected UTF-8 in \(path)"))
                return nil
            }
            // "\r\n" is one character.
            let line = text.hasSuffix("\n") || text.hasSuffix("\r\n") ? String(text.dropLast()) : text
            guard !line.isEmpty else {
                faults.append(.init(.badValue, subject, "expected a secret in \(path), found it empty"))
                return nil
            }
            return (line, .secretFile(path: path, namedBy: found.origin))
        } catch {
            faults.append(.init(.unreadable, subject, "\(error)"))
            return nil
        }
    }
}

extension String {
    fileprivate func replacing(_ part: String, with number: Int?) -> String {
        guard let number else { return self }
        return split(separator: "_").map { $0 == part ? String(number) : String($0) }.joined(separator: "_")
    }
}
