internal import ControllerAPI
internal import Cryptography
package import Records
package import Tables

/// What is replaced by pseudonyms.
package enum PseudonymScope: String, CaseIterable, Sendable {
    /// All personal values.
    case all
    /// Those that the older agents replaced; importers that do the rest themselves may depend on it.
    case reference
}

/// Turns records into rows that may leave. Scheme 1: the lower-case hexadecimal SHA-256 of salt, value and
/// pepper, one behind the other; people are linked across tables and runs of one project. Each worker makes its own.
package struct Pseudonymiser {
    private let secrets: PseudonymSecrets?
    private let rewriter: UsernameRewriter
    private let scope: PseudonymScope
    private let memory = Memory()

    /// What one worker has replaced: people come again and again.
    private final class Memory {
        var values: [String: String] = [:]
        var accounts: [String: String] = [:]
    }

    /// - Parameter secrets: `nil` leaves values in the clear and marks the rows as such.
    package init(secrets: PseudonymSecrets?, scope: PseudonymScope = .all) throws(PseudonymError) {
        self.secrets = secrets
        self.scope = scope
        rewriter = try UsernameRewriter(secrets?.usernameRules ?? [])
    }

    package func row(for record: Record) -> Row {
        guard record.schema.hasPersonalColumns(in: scope == .reference) else {
            return Row(values: record.values, protection: .unneeded)
        }
        guard !record.isPseudonymised else { return Row(values: record.values, protection: .pseudonymised) }
        guard let secrets else { return Row(values: record.values, protection: .none) }
        var values = record.values
        for (index, column) in record.schema.columns.enumerated()
        where column.isPersonal && !(scope == .reference && column.isClearInReference) {
            guard let value = values[index], value != unknown else { continue }
            values[index] = pseudonym(of: value, isAccount: column.name.hasSuffix("username"), secrets)
        }
        return Row(values: values, protection: .pseudonymised)
    }

    private func pseudonym(of value: String, isAccount: Bool, _ secrets: PseudonymSecrets) -> String {
        if let known = isAccount ? memory.accounts[value] : memory.values[value] { return known }
        let pseudonym = secrets.pseudonym(of: isAccount ? rewriter.rewritten(value) : value)
        if isAccount { memory.accounts[value] = pseudonym } else { memory.values[value] = pseudonym }
        return pseudonym
    }

    /// Tells whom it has met.
    package func report(to people: KnownPeople) { people.add(values: memory.values, accounts: memory.accounts) }
}

extension PseudonymSecrets {
    func pseudonym(of value: String) -> String {
        SHA256.digest(of: Array((salts.salt + value + salts.pepper).utf8)).hex
    }
}
