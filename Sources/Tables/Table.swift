package import Cryptography

/// A finished table file: an array of rows, whole and in place under its final name.
package struct Table: Sendable {
    package let schema: TableSchema
    package let path: String
    package let rows: Int
    /// Size of the file in bytes.
    package let size: Int
    package let digest: SHA256Digest
    /// False when a personal value stands in it in the clear; such a table is never sealed.
    package let isPseudonymised: Bool

    package init(schema: TableSchema, path: String, rows: Int, size: Int, digest: SHA256Digest, isPseudonymised: Bool) {
        self.schema = schema
        self.path = path
        self.rows = rows
        self.size = size
        self.digest = digest
        self.isPseudonymised = isPseudonymised
    }
}
