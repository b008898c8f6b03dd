/// Which columns of which tables may leave at most. What may not is emptied in the row before it is written anywhere.
package struct FieldLimits: Sendable, Equatable {
    /// What is permitted of one table.
    package enum Table: Sendable, Equatable {
        case only(Set<String>)
        case allBut(Set<String>)

        func permits(_ column: String) -> Bool {
            switch self {
            case .only(let names): names.contains(column)
            case .allBut(let names): !names.contains(column)
            }
        }
    }

    /// By the names of tables; `nil` where nothing is limited.
    private let tables: [String: Table]?
    /// What counts for tables that are not named.
    private let others: Table

    /// Nobody has limited anything.
    package static let none = FieldLimits(tables: nil, others: .allBut([]))

    private init(tables: [String: Table]?, others: Table) {
        self.tables = tables
        self.others = others
    }

    /// - Parameter others: for tables that are not named; `nil` keeps them whole.
    package init(_ tables: [String: Table], others: Table?) {
        self.init(tables: tables, others: others ?? .only([]))
    }

    package var areSet: Bool { tables != nil }

    package func permits(_ column: String, of table: String) -> Bool {
        guard let tables else { return true }
        return (tables[table] ?? others).permits(column)
    }

    /// A table leaves when each column may that tells its rows apart: without one of them, rows would take the place of
    /// each other.
    package func permits(_ schema: TableSchema) -> Bool { schema.key.allSatisfy { permits($0, of: schema.name) } }

    /// Whether it is said that nothing of a table may leave.
    package func isEmpty(_ table: String) -> Bool { tables?[table] == .only([]) }

    /// What of a table does not leave, by the names of columns: all of them where the table does not.
    package func withheld(of schema: TableSchema) -> [String] {
        guard tables != nil else { return [] }
        let names = schema.columns.map(\.name)
        return permits(schema) ? names.filter { !permits($0, of: schema.name) } : names
    }

    /// For each column of a table whether it may leave; `nil` where all of them may.
    package func mask(_ schema: TableSchema) -> [Bool]? {
        guard tables != nil else { return nil }
        let mask = schema.columns.map { permits($0.name, of: schema.name) }
        return mask.contains(false) ? mask : nil
    }
}

extension Row {
    /// The row with nothing in the columns that may not leave: an empty text, and elsewhere the `0` that stands for what is
    /// not known. Members that the row leaves out stay left out.
    /// - Parameter mask: for each column whether it may leave.
    package func limited(to mask: [Bool], _ schema: TableSchema) -> Row {
        var values = values
        for (index, mayLeave) in mask.enumerated() where !mayLeave && values[index] != nil {
            let column = schema.columns[index]
            values[index] = column.type == .text && !column.isPersonal ? "" : "0"
        }
        return Row(values: values, protection: protection)
    }
}
