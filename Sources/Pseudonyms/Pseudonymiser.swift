internal import ControllerAPI
internal import Cryptography
package import Records
package import Tables

/// Turns records into rows that may leave. Scheme 1: the lower-case hexadecimal SHA-256 of salt, value and
/// pepper, one behind the other; people are linked across tables and runs of one project. Each worker makes its own.
package struct Pseudonymiser {
    private let secrets: PseudonymSecrets?
    private let rewriter: UsernameRewriter

    /// - Parameter secrets: `nil` leaves values in the clear and marks the rows as such.
    package init(secrets: PseudonymSecrets?) throws(PseudonymError) {
        self.secrets = secrets
        rewriter = try UsernameRewriter(secrets?.usernameRules ?? [])
    }

    package func row(for record: Record) -> Row {
        guard record.schema.hasPersonalColumns else { return Row(values: record.values, protection: .unneeded) }
        guard !record.isPseudonymised else { return Row(values: record.values, protection: .pseudonymised) }
        guard let secrets else { return Row(values: record.values, protection: .none) }
        var values = record.values
        for (index, column) in record.schema.columns.enumerated() where column.isPersonal {
            guard let value = values[index], value != unknown else { continue }
            let name = column.name.hasSuffix("username") ? rewriter.rewritten(value) : value
            values[index] = SHA256.digest(of: Array((secrets.salts.salt + name + secrets.salts.pepper).utf8)).hex
        }
        return Row(values: values, protection: .pseudonymised)
    }
}
