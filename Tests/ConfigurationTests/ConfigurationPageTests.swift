import Configuration
import Files
import Glibc
import Testing

/// The manual's page of settings says what the declarations say. `REWRITE_EXPECTED=1 swift test` writes it again.
@Suite struct ConfigurationPageTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    private static let mark =
        "<!-- From here on the page is written by a test, from the declarations of the settings. -->"

    @Test func thePageEqualsTheDeclarations() throws {
        let path = "\(Self.root)/Documentation/configuration.md"
        let found = String(decoding: try Files.read(path), as: UTF8.self)
        let introduction = try #require(found.split(separator: Self.mark, maxSplits: 1).first)
        let text = introduction + Self.mark + Self.tables
        if unsafe getenv("REWRITE_EXPECTED") != nil { try Files.write(Array(text.utf8), to: path) }
        #expect(found == text)
    }

    private static var tables: String {
        "\n\n## The agent\n" + table(AgentSettings.all) + "\n## The controller\n" + table(ControllerSettings.all)
    }

    private static func table(_ declarations: [SettingDeclaration]) -> String {
        var text = ""
        var section = ""
        for declaration in declarations {
            if declaration.section != section {
                section = declaration.section
                text += "\n### \(section)\n\n| setting | expected | without it | what it does |\n|---|---|---|---|\n"
            }
            let name = "`\(declaration.name)`" + (declaration.fileName.map { " or `\($0)`" } ?? "")
            let fallback =
                switch declaration.fallback {
                case .value(""): "empty"
                case .value(let value): "`\(value)`"
                case .described(let words): words
                }
            let cells = [name, declaration.expectation, fallback, declaration.description].map(escaped)
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }

    /// A bar would end the cell, an angle bracket begin a tag.
    private static func escaped(_ text: String) -> String {
        var result = ""
        var isCode = false
        for character in text {
            if character == "`" { isCode.toggle() }
            switch character {
            case "|": result += "\\|"
            case "<" where !isCode: result += "&lt;"
            default: result.append(character)
            }
        }
        return result
    }
}
