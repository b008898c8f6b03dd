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
        /// What is to be replaced in the rows of each table.
        var plans: [String: [PersonalColumn]] = [:]
    }

    private struct PersonalColumn {
        let index: Int
        let isAccount: Bool
    }

    /// - Parameter secrets: `nil` leaves values in the clear and marks the rows as such.
    package init(secrets: PseudonymSecrets?, scope: PseudonymScope = .all) throws(PseudonymError) {
        self.secrets = secrets
        self.scope = scope
        rewriter = try UsernameRewriter(secrets?.usernameRules ?? [])
    }

    package func row(for record: Record) -> Row {
        let columns = columns(of: record.schema)
        guard !columns.isEmpty else { return Row(values: record.values, protection: .unneeded) }
        guard !record.isPseudonymised else { return Row(values: record.values, protection: .pseudonymised) }
        guard let secrets else { return Row(values: record.values, protection: .none) }
        var values = record.values
        for column in columns {
            guard let value = values[column.index], value != unknown else { continue }
            values[column.index] = pseudonym(of: value, isAccount: column.isAccount, secrets)
        }
        return Row(values: values, protection: .pseudonymised)
    }

    private func columns(of schema: TableSchema) -> [PersonalColumn] {
        if let known = memory.plans[schema.name] { return known }
        let columns = schema.columns.enumerated().compactMap { index, column in
            column.isPersonal && !(scope == .reference && column.isClearInReference)
                ? PersonalColumn(index: index, isAccount: column.name.hasSuffix("username")) : nil
        }
        memory.plans[schema.name] = columns
        return columns
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
