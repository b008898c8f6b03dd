import Commands
import Enrolment
import Files
import Processes

/// What preflight looks at where there is no project yet: whether this machine can do an agent's work.
enum MachineCheck {
    static func checks(_ agent: Composition) -> [PreflightReport.Check] {
        [
            ProgramCheck.git,
            MachineChecks.directory(
                "state", agent.state, permissions: 0o700,
                "Set AGENT_STATE to a directory that this account may write to."),
            .warned("projects", .attention, "no project is configured: JIRA_KEY is empty", "Set JIRA_KEY."),
        ]
    }
}

/// The programs that others have written and that the agent runs.
enum ProgramCheck {
    /// Where programs are looked for.
    private static let searchPath = "/usr/local/bin:/usr/bin:/bin"
    /// The oldest Git whose options we use.
    private static let oldestGit = (2, 36)

    static var git: PreflightReport.Check {
        do throws(ProcessError) {
            let (path, version) = try ask("git", "--version")
            let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
            guard numbers.count >= 2, (numbers[0], numbers[1]) >= oldestGit else {
                return .failed(
                    "git", .programMissing,
                    "\(path) is \(version), expected \(oldestGit.0).\(oldestGit.1) or later", "Install a newer Git.")
            }
            return .passed("git", "\(path): \(version)")
        } catch {
            return .failed("git", .programMissing, "\(error)", error.advice ?? "Install it: apt-get install git")
        }
    }

    /// - Parameter reason: what it is needed for; `nil` where nothing needs it.
    static func optional(
        _ name: String, _ option: String, package: String, neededBy reason: String?
    ) -> PreflightReport.Check {
        do throws(ProcessError) {
            let (path, version) = try ask(name, option)
            return .passed(name, "\(path): \(version)")
        } catch {
            guard let reason else { return .passed(name, "not installed, and no source needs it") }
            return .failed(
                name, .programMissing, "\(error), and \(reason) needs it", "Install it: apt-get install \(package)")
        }
    }

    /// The first line that a program says of itself.
    private static func ask(_ name: String, _ option: String) throws(ProcessError) -> (path: String, line: String) {
        let program = try Program.find(name, in: searchPath)
        var invocation = Processes.Invocation(
            program, [option], environment: ["PATH": searchPath, "LC_ALL": "C"], directory: "/")
        invocation.errors = .merged
        let output = try Process.run(invocation, within: .seconds(20), outputLimit: 64 << 10)
        return (program.path, output.text.split(separator: "\n").first.map(String.init) ?? "no version told")
    }
}
