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
}
