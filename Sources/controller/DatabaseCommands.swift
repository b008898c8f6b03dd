import Commands
import Configuration
import ControllerAPI
import Database
import Fleet
import Lifecycle
import Reception

/// `controller db`: what a new version wants to change of the store, and the change.
enum DatabaseCommands {
    /// What is shown as JSON.
    private struct Status: Encodable {
        let store: String
        let version: Int
        let latest: Int
        let missing: [String]
        let current: Bool
    }

    static func status(_ invocation: Invocation) async throws -> ExitCode {
        let state = try state(invocation)
        let version = try FleetStore.version(state.store)
        let missing = try AnalysisStore.missing(state.store)
        let status = Status(
            store: state.store.isShared ? "PostgreSQL" : state.database, version: version,
            latest: FleetStore.latestVersion, missing: missing,
            current: version == FleetStore.latestVersion && missing.isEmpty)
        if invocation.has("json") {
            try Listing.print(status, "status", invocation)
        } else {
            try invocation.console.print("store\t\(status.store)")
            try invocation.console.print("version\t\(version) of \(status.latest)")
            for name in missing { try invocation.console.print("missing\t\(name)") }
            let word =
                status.current
                ? "up to date"
                : version > status.latest
                    ? "changed by a newer version: install that, or restore the backup from before"
                    : "wants changes: controller db migrate --backup FILE"
            try invocation.console.print(word)
        }
        return status.current ? .success : .failure
    }

    static func migrate(_ invocation: Invocation) async throws -> ExitCode {
        let state = try state(invocation)
        if let path = invocation.value("backup") {
            let files = try Backup(state).make(path)
            try invocation.console.print("\(files) files are in \(path)")
        }
        let before = try FleetStore.version(state.store)
        let missing = try AnalysisStore.missing(state.store)
        try FleetStore.migrate(state.store)
        try AnalysisStore.prepare(state.store)
        let after = try FleetStore.version(state.store)
        try invocation.console.print(
            before == after && missing.isEmpty
                ? "nothing to do: version \(after)"
                : "version \(before) became \(after), and \(missing.count) tables or columns were added")
        return .success
    }

    private static func state(_ invocation: Invocation) throws -> ControllerState {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        // The tables of a server are changed from anywhere, also where no controller has its keys.
        if !state.store.isShared { try state.requireInitialised() }
        return state
    }
}
