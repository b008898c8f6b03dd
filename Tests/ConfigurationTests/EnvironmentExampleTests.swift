import Configuration
import Files
import Glibc
import TestSupport
import Testing

/// The examples in the tree say what the declarations say. `REWRITE_EXPECTED=1 swift test` writes them again.
@Suite struct EnvironmentExampleTests {
    static let examples = [
        ("env.example", EnvironmentExample.agentIntroduction, AgentSettings.all),
        ("deploy/controller.env.example", EnvironmentExample.controllerIntroduction, ControllerSettings.all),
    ]

    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    @Test(arguments: examples.indices)
    func equalsTheDeclarations(index: Int) throws {
        let (name, introduction, declarations) = Self.examples[index]
        let text = EnvironmentExample.text(introduction, declarations)
        let path = "\(Self.root)/\(name)"
        if unsafe getenv("REWRITE_EXPECTED") != nil { try Files.write(Array(text.utf8), to: path) }
        #expect(String(decoding: try Files.read(path), as: UTF8.self) == text)
    }

    @Test(arguments: examples.indices)
    func isReadByTheParserWithAndWithoutItsComments(index: Int) throws {
        let (name, introduction, declarations) = Self.examples[index]
        let text = EnvironmentExample.text(introduction, declarations)
        let commented = EnvironmentFile(Array(text.utf8), path: name)
        #expect(commented.assignments == [])
        #expect(commented.faults == [])

        let lines = text.split(separator: "\n").map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }
        let file = EnvironmentFile(Array(lines.joined(separator: "\n").utf8), path: name)
        #expect(file.faults == [])
        #expect(file.assignments.count == declarations.count)

        // Every example is a value that is accepted.
        let directory = try TemporaryDirectory()
        try Files.makeDirectory("\(directory.path)/secrets")
        var environment: [String: String] = ["HOME_OF_TEST": directory.path]
        for assignment in file.assignments {
            environment[assignment.name] = assignment.value
            if assignment.name.hasSuffix("_FILE"), assignment.value.hasPrefix("secrets/") {
                // Long enough for a key.
                try Files.write(
                    Array("a secret that nobody guesses\n".utf8), to: "\(directory.path)/\(assignment.value)")
            }
        }
        _ = try SettingsSources(home: "HOME_OF_TEST", environment: environment).read(declarations)
    }

    @Test(arguments: examples.indices)
    func fitsTheScreenAndIsPlain(index: Int) {
        let (_, introduction, declarations) = Self.examples[index]
        let text = EnvironmentExample.text(introduction, declarations)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(text.utf8.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
        #expect(declarations.allSatisfy { !$0.description.isEmpty && $0.description.hasSuffix(".") })
    }
}
