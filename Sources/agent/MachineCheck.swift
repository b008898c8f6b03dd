import Commands
import Files
import Processes

/// What preflight looks at where there is no project yet: whether this machine can do an agent's work.
enum MachineCheck {
    /// Where programs are looked for.
    private static let searchPath = "/usr/local/bin:/usr/bin:/bin"

    static func run(_ agent: Composition) throws -> ExitCode {
        var isFine = true
        do {
            try agent.console.print("agent ok   git: \(Program.find("git", in: searchPath).path)")
        } catch let error as ProcessError {
            isFine = false
            try agent.console.print("agent FAIL git: \(error)")
            if let advice = error.advice { try agent.console.print("     mend: \(advice)") }
        }
        do {
            let probe = "\(agent.state)/.preflight"
            try Files.makeDirectory(agent.state, permissions: 0o700)
            try Files.write("".utf8, to: probe)
            try Files.remove(probe)
            try agent.console.print("agent ok   state: \(agent.state) can be written to")
        } catch let error as FileError {
            isFine = false
            try agent.console.print("agent FAIL state: \(error)")
            try agent.console.print("     mend: Set AGENT_STATE to a directory that this account may write to.")
        }
        try agent.console.print("agent --   no project is configured: JIRA_KEY is empty")
        return isFine ? .success : .failure
    }
}
