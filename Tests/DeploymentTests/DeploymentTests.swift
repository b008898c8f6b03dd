import TestSupport
import Testing

/// What describes a deployment, and what the manual tells people to type. What needs a container engine is in the scripts
/// `containers` and `packages` beside this file.
@Suite struct DeploymentTests {
    private static let directory = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    /// The pages with commands that are run as they stand.
    private static let manual = Shell.run("exec python3 \"$1\" pages", "\(directory)/documentation.py").output
        .split(separator: "\n").map(String.init)

    private func programs() throws -> String {
        let path = try BuiltProgram.path("agent")
        return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }

    @Test(
        "is what it should be",
        arguments: ["compose", "environment_examples", "dockerfile", "kubernetes", "units", "scripts", "workflows"])
    func check(name: String) throws {
        let result = Shell.run("exec python3 \"$1\" \"$2\"", "\(Self.directory)/deployment.py", name, seconds: 300)
        if result.status == 77 { try Test.cancel("\(result.output)") }
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func everyCommandOfTheManualIsRunOrSaysWhyNot() {
        let result = Shell.run("exec python3 \"$1\" marks", "\(Self.directory)/documentation.py")
        #expect(result.status == 0, "\(result.output)")
        #expect(Self.manual.contains("Documentation/first-ten-minutes.md"))
    }

    @Test(arguments: manual)
    func theCommandsOfAPageWork(page: String) throws {
        let result = Shell.run(
            "exec python3 \"$1\" \"$2\" \"$3\"", "\(Self.directory)/documentation.py", try programs(), page,
            seconds: 600)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func bothProgramsTellSystemdHowTheyAre() throws {
        let result = Shell.run(
            "exec python3 \"$1\" \"$2\"", "\(Self.directory)/services.py", try programs(),
            seconds: 300)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func theShellStepsOfTheJenkinsfileGatherAndReport() throws {
        let result = Shell.run(
            "exec python3 \"$1\" \"$2\"", "\(Self.directory)/jenkins.py", try programs(),
            seconds: 600)
        #expect(result.status == 0, "\(result.output)")
    }
}
