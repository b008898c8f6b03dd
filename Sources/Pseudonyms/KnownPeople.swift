import Synchronization

/// The people of a project: what stands for each in personal columns, and the pseudonym that took its place. Shared by all
/// workers of a gathering; it holds names in the clear and is never logged.
package final class KnownPeople: Sendable, CustomStringConvertible {
    private struct People {
        /// Pseudonyms by values of columns with names and addresses.
        var values: [String: String] = [:]
        /// Those of columns with account names, which the project's rules may have changed before.
        var accounts: [String: String] = [:]
    }

    private let people = Mutex(People())
    /// More than any organisation has; what comes then is not looked for in texts.
    private static let limit = 500_000

    package init() {}

    package var description: String { "<redacted>" }

    /// All of them.
    package var pseudonyms: [String: String] {
        people.withLock { $0.accounts.merging($0.values) { _, value in value } }
    }

    /// The values alone, to be known again by the next gathering.
    package var stored: (values: [String], accounts: [String]) {
        people.withLock { ($0.values.keys.sorted(), $0.accounts.keys.sorted()) }
    }

    func add(values: [String: String], accounts: [String: String]) {
        people.withLock { people in
            guard people.values.count + people.accounts.count < Self.limit else { return }
            people.values.merge(values) { first, _ in first }
            people.accounts.merge(accounts) { first, _ in first }
        }
    }

    /// Takes people that an earlier gathering knew.
    package func add(
        values: [String], accounts: [String], _ secrets: PseudonymSecrets
    ) throws(PseudonymError) {
        let rewriter = try UsernameRewriter(secrets.usernameRules)
        let pairs = values.map { ($0, secrets.pseudonym(of: $0)) }
        let others = accounts.map { ($0, secrets.pseudonym(of: rewriter.rewritten($0))) }
        add(
            values: Dictionary(pairs) { first, _ in first }, accounts: Dictionary(others) { first, _ in first })
    }
}
