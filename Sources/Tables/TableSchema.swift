/// The shape of one kind of table: its columns, which of them are personal, and what identifies a row.
///
/// One declaration serves the agent, which writes the table's file, and the controller, which imports it.
package struct TableSchema: Hashable, Sendable {
    package enum ColumnType: String, Hashable, Sendable {
        /// Any text.
        case text
        /// Decimal digits, perhaps with a sign.
        case integer
        /// A number with a fraction, e.g. `3.0`.
        case decimal
        /// `0` or `1`.
        case boolean
        /// `YYYY-MM-DD HH:MM:SS` in the local time of the agent; `0` when unknown.
        case date
    }

    package struct Column: Hashable, Sendable {
        package let name: String
        package let type: ColumnType
        /// Whether the value tells who somebody is, so that it leaves only as a pseudonym.
        package let isPersonal: Bool
        /// Whether the file has it as a JSON number, because older importers accept nothing else there.
        package var isNumber = false
        /// Whether the file has `null` where there is no value, in place of no member.
        package var isNullable = false
        /// Whether the older agents leave the personal value in the clear.
        package var isClearInReference = false
        /// Whether people write it as they like, so that names and addresses may stand in it.
        package var isFreeText = false

        package init(name: String, type: ColumnType, isPersonal: Bool, isNumber: Bool = false) {
            self.name = name
            self.type = type
            self.isPersonal = isPersonal
            self.isNumber = isNumber
        }

        package static func text(_ name: String) -> Column { Column(name: name, type: .text, isPersonal: false) }
        package static func personal(_ name: String) -> Column { Column(name: name, type: .text, isPersonal: true) }
        /// What the older agents leave to importers.
        package static func personalHere(_ name: String) -> Column {
            var column = personal(name)
            column.isClearInReference = true
            return column
        }
        package static func free(_ name: String) -> Column {
            var column = text(name)
            column.isFreeText = true
            return column
        }
        package static func integer(_ name: String) -> Column { Column(name: name, type: .integer, isPersonal: false) }
        package static func number(_ name: String) -> Column {
            Column(name: name, type: .integer, isPersonal: false, isNumber: true)
        }
        package static func nullable(_ name: String) -> Column {
            var column = text(name)
            column.isNullable = true
            return column
        }
        /// `true` or `false` in the file.
        package static func flag(_ name: String) -> Column {
            Column(name: name, type: .boolean, isPersonal: false, isNumber: true)
        }
        package static func decimal(_ name: String) -> Column { Column(name: name, type: .decimal, isPersonal: false) }
        package static func boolean(_ name: String) -> Column { Column(name: name, type: .boolean, isPersonal: false) }
        package static func date(_ name: String) -> Column { Column(name: name, type: .date, isPersonal: false) }
    }

    /// What a row means whose key was delivered before.
    package enum Repetition: Hashable, Sendable {
        /// The same again: rows of this kind never change.
        case ignored
        /// The newer state of the same thing.
        case replaces
    }

    /// The name without prefix, e.g. `vcs_versions`.
    package let name: String
    package let columns: [Column]
    /// The columns that identify a row among those of one project.
    package let key: [String]
    package let repetition: Repetition
    /// Whether the file is a single row, an object in one line, and no array of rows.
    package let isObject: Bool

    /// - Parameter fileName: where it is not `data_` and the name.
    package init(
        name: String, columns: [Column], key: [String], repetition: Repetition = .ignored, fileName: String? = nil,
        isObject: Bool = false
    ) {
        self.isObject = isObject
        self.name = name
        self.fileName = fileName ?? "data_\(name).json"
        self.columns = columns
        self.key = key
        self.repetition = repetition
        hasPersonalColumns = columns.contains(where: \.isPersonal)
        hasFreeText = columns.contains(where: \.isFreeText) && !isObject
    }

    /// Whether any column is personal.
    /// - Parameter reference: leaves out what the older agents leave in the clear.
    package func hasPersonalColumns(in reference: Bool) -> Bool {
        reference ? columns.contains { $0.isPersonal && !$0.isClearInReference } : hasPersonalColumns
    }

    package let hasFreeText: Bool

    /// Whether the rows carry the member `encrypted`, which says if they were pseudonymised.
    package let hasPersonalColumns: Bool

    /// The name of the table's file, e.g. `data_vcs_versions.json`.
    package let fileName: String
}
