import Configuration
import Files
import SourceSettings
import TestSupport
import Testing

/// What the manual says became of the older agent's variables and options is so.
@Suite struct CompatibilityPageTests {
    struct Row: Sendable, CustomStringConvertible {
        let name: String
        let isHere: Bool
        var description: String { name }
    }

    /// The rows of one section's table.
    private static func rows(_ section: String) -> [Row] {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let page: String
        do {
            page = String(decoding: try Files.read("\(root)/Documentation/compatibility.md"), as: UTF8.self)
        } catch {
            return []
        }
        let lines = page.split(separator: "\n").drop { $0 != "## \(section)" }.drop { !$0.hasPrefix("| `") }
        return lines.prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
            return Row(name: cells[0].filter { $0 != "`" }, isHere: cells[1] != "no")
        }
    }

    static let variables = rows("Variables")
    static let options = rows("Credentials")

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func thePageIsThere() {
        #expect(Self.variables.count > 50 && Self.options.count > 20)
    }

    /// A value that each of them takes.
    private static let values = [
        "CRON_PERIOD": "daily", "BIGBOAT_PERIOD": "hourly", "JIRA_KEY": "DEMO", "SSH_HOST": "controller.example",
        "AGENT_LOGGING": "yes", "cleanupRepos": "true",
    ]

    @Test(arguments: variables) func aVariableIsWhatThePageSays(row: Row) throws {
        let declared = AgentSettings.all.contains { declaration in
            declaration.name == row.name || declaration.name == row.name.replacing("SOURCE_1_", with: "SOURCE_<n>_")
        }
        #expect(declared == row.isHere)
        let value = Self.values[row.name] ?? "x"
        try Files.write("\(row.name)=\(value)\n".utf8, to: "\(directory.path)/env", permissions: 0o600)
        let setup = try AgentSetup(environment: ["AGENT_HOME": directory.path])
        #expect(setup.warnings.contains { $0.contains(row.name) } == !row.isHere, "\(setup.warnings)")
    }

    /// Left out or not, none of them is taken for a mistake.
    @Test(arguments: options) func anOptionOfTheCredentialsIsKnown(row: Row) throws {
        try Files.makeDirectory("\(directory.path)/config")
        try Files.write(
            "[git.example]\n\(row.name) = x\n".utf8, to: "\(directory.path)/config/credentials.cfg",
            permissions: 0o600)
        let setup = try AgentSetup(environment: ["AGENT_HOME": directory.path])
        #expect(!setup.warnings.contains { $0.contains("no known option") }, "\(setup.warnings)")
    }
}
