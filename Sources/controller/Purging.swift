import Blocking
import Commands
import Configuration
import ControllerAPI
import Lifecycle
import Logging
import Reception
import Timestamps

/// `controller purge`, and what the running controller removes by age.
enum Purging {
    private struct Report: Encodable {
        /// Whether it was removed.
        let removed: Bool
        let found: [Purge.Find]
    }

    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        guard let days = invocation.value("older").flatMap({ Int($0) }) else {
            throw invocation.usageError(.missingValue, "say how old it must be: --older DAYS, 0 for all")
        }
        var kinds: Set<Purge.Kind> = []
        for word in invocation.words("KIND") {
            guard let kind = Purge.Kind(rawValue: word) else {
                let known = Purge.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw invocation.usageError(.badValue, "'\(word)' is none of \(known)")
            }
            kinds.insert(kind)
        }
        let selection = try Purge.Selection(
            kinds, before: .now + .seconds(1 - days * 86400),
            agent: invocation.value("agent").map { text in try AgentKey(text) },
            project: invocation.value("project").map { text in try ProjectKey(text) })
        let purge = try Purge(state.store, spool: Spool(state: state.directory), selection)
        let isReal = invocation.has("remove")
        let finds = try isReal ? purge.remove() : purge.find()
        if invocation.has("json") {
            try Listing.print(Report(removed: isReal, found: finds), "purge", invocation)
            return .success
        }
        for find in finds {
            let size = find.rows > 0 ? "\(find.rows) rows" : "\(find.bytes) bytes"
            try invocation.console.print("\(find.kind)\t\(find.name)\t\(size)")
        }
        try invocation.console.print(
            finds.isEmpty
                ? "nothing is that old" : isReal ? "removed" : "nothing was removed yet: say --remove to remove it")
        return .success
    }

    /// What goes by age alone: rows, and bundles that wait for somebody to look at them, stay.
    private static let kinds: Set<Purge.Kind> = [.bundles, .quarantine, .uploads]
    /// A day is the unit of the setting.
    private static let period = Duration.seconds(3600)

    /// Removes what is older than the setting says, every hour until it is cancelled.
    static func keepTidy(_ configuration: ControllerConfiguration, _ logger: Logger) async throws {
        let state = ControllerState(configuration)
        let (store, spool) = (state.store, Spool(state: state.directory))
        while !Task.isCancelled {
            let before = Timestamp.now + .seconds(-configuration.retentionDays * 86400)
            do {
                let finds = try await blocking { _ in
                    try Purge(store, spool: spool, .init(kinds, before: before)).remove()
                }
                if !finds.isEmpty { logger.info("old bundles removed", ["purge.count": .integer(finds.count)]) }
            } catch {
                logger.warning("old bundles could not be removed", ["error": .text("\(error)")])
            }
            try await ContinuousClock().sleep(for: period)
        }
    }
}
