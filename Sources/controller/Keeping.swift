import Commands
import Configuration
import Lifecycle

/// What keeps the state from getting lost.
enum Keeping {
    static func backup(_ invocation: Invocation) async throws -> ExitCode {
        let files = try Backup(state(invocation)).make(invocation.word("FILE") ?? "")
        try invocation.console.print("\(files) files are in it. It is as secret as the controller: keep it so.")
        return .success
    }

    static func restore(_ invocation: Invocation) async throws -> ExitCode {
        let state = try state(invocation)
        try Backup(state).restore(invocation.word("FILE") ?? "")
        try invocation.console.print(
            "brought back into \(state.directory). What agents delivered after the backup was made is not in it. "
                + "Next: controller serve")
        return .success
    }

    private static func state(_ invocation: Invocation) throws -> ControllerState {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        return ControllerState(configuration)
    }
}
