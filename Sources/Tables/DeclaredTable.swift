/// A table that is not in the catalogue, because an operator declared it for a source of their own. It travels with its
/// rows, so that whoever imports them knows what they are.
///
/// Its rows are the present state of things: `source` and `id` identify one, and a later row takes an earlier one's place.
package struct DeclaredTable: Codable, Hashable, Sendable {
    package struct Column: Codable, Hashable, Sendable {
        package let name: String
        /// One of the types of a table's columns.
        package let type: String
        package let personal: Bool

        package init(name: String, type: TableSchema.ColumnType, personal: Bool) {
            self.name = name
            self.type = type.rawValue
            self.personal = personal
        }
    }

    package let name: String
    /// Those besides `source`.
    package let columns: [Column]

    /// What every such name begins with, so that no table of another kind can be meant.
    package static let prefix = "rest_"
    package static let columnLimit = 100
    /// Names that tables have for themselves, and words of SQL's that nobody should have to quote.
    package static let reserved: Set = ["project", "own_project", "agent", "run", "source", "encrypted"]

    package init(name: String, columns: [Column]) {
        self.name = name
        self.columns = columns
    }

    /// The declaration of a schema that was made of one; `nil` for a table of the catalogue.
    package init?(_ schema: TableSchema) {
        guard schema.name.hasPrefix(Self.prefix), TableSchema.stored(in: schema.fileName) == nil else { return nil }
        name = schema.name
        columns = schema.columns.dropFirst().map {
            Column(name: $0.name, type: $0.type, personal: $0.isPersonal)
        }
    }

    package var fileName: String { "data_\(name).json" }

    /// `nil` where it is not one that may be declared.
    package var schema: TableSchema? {
        guard Self.isTableName(name), columns.count <= Self.columnLimit, columns.first?.name == "id",
            Set(columns.map(\.name)).count == columns.count
        else { return nil }
        var all: [TableSchema.Column] = [.text("source")]
        for column in columns {
            guard Self.isColumnName(column.name), let type = TableSchema.ColumnType(rawValue: column.type) else {
                return nil
            }
            var made = TableSchema.Column(name: column.name, type: type, isPersonal: column.personal)
            made.isFreeText = type == .text && !column.personal && column.name != "id"
            all.append(made)
        }
        return TableSchema(name: name, columns: all, key: ["source", "id"], repetition: .replaces)
    }

    package static func isTableName(_ text: String) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count && isName(text)
    }

    package static func isColumnName(_ text: String) -> Bool { isName(text) && !reserved.contains(text) }

    /// Small letters, digits and underscores; PostgreSQL cuts names at 63 bytes, and `incoming_` may stand in front.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 50 else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
