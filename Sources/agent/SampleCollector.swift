import Gathering
import Records
import Synchronization
import Tables

/// Keeps the first records of each table beside what became of them, and what became of each column in all of them.
final class SampleCollector: Sendable {
    private struct Pair {
        /// `nil` where the originals are not to be seen.
        let before: [String?]?
        /// `nil` where none of it leaves.
        let after: [String?]?
    }

    private struct Seen {
        var records = 0
        var pairs: [Pair] = []
        /// For each column how many rows have a value that the source did not have.
        var changed: [Int]
    }

    private let limit: Int
    private let keepsOriginals: Bool
    private let seen = Mutex<[String: Seen]>([:])

    init(limit: Int, keepsOriginals: Bool) {
        self.limit = limit
        self.keepsOriginals = keepsOriginals
    }

    func add(_ record: Record, _ row: Row?) {
        seen.withLock { seen in
            var state = seen[record.schema.name] ?? Seen(changed: record.values.map { _ in 0 })
            state.records += 1
            if let row {
                for (index, value) in row.values.enumerated() where value != record.values[index] {
                    state.changed[index] += 1
                }
            }
            if state.pairs.count < limit {
                state.pairs.append(Pair(before: keepsOriginals ? record.values : nil, after: row?.values))
            }
            seen[record.schema.name] = state
        }
    }

    /// Puts the free text of the samples through what the text of all rows goes through.
    func scrub(_ schemas: [TableSchema], _ filter: (String) -> String?) {
        seen.withLock { seen in
            for schema in schemas where schema.hasFreeText {
                guard var state = seen[schema.name] else { continue }
                for (index, column) in schema.columns.enumerated() where column.isFreeText {
                    state.changed[index] += 1
                    for place in state.pairs.indices {
                        guard var after = state.pairs[place].after, let text = after[index] else { continue }
                        after[index] = filter(text) ?? text
                        state.pairs[place] = Pair(before: state.pairs[place].before, after: after)
                    }
                }
                seen[schema.name] = state
            }
        }
    }

    /// What a preview says of each table: those that leave, then those that do not.
    /// - Parameter schemas: of all sources.
    func tables(
        of harvest: Harvest, _ schemas: [TableSchema], _ limits: FieldLimits, hasSecrets: Bool,
        isReference: Bool
    ) -> [PreviewReport.Table] {
        let seen = seen.withLock { $0 }
        let leaving = harvest.tables.map { table in
            Self.table(table.schema, table, seen[table.schema.name], limits, hasSecrets, isReference)
        }
        var kept: [TableSchema] = []
        for schema in schemas where !limits.permits(schema) && !kept.contains(schema) { kept.append(schema) }
        return leaving + kept.map { Self.table($0, nil, seen[$0.name], limits, hasSecrets, isReference) }
    }

    private static func table(
        _ schema: TableSchema, _ table: Table?, _ seen: Seen?, _ limits: FieldLimits, _ hasSecrets: Bool,
        _ isReference: Bool
    ) -> PreviewReport.Table {
        let fields = schema.columns.enumerated().map { index, column in
            let fate: PreviewReport.Fate =
                if table == nil || !limits.permits(column.name, of: schema.name) {
                    .withheld
                } else if column.isPersonal {
                    hasSecrets && !(isReference && column.isClearInReference) ? .pseudonym : .clear
                } else {
                    (seen?.changed[index] ?? 0) > 0 ? .scrubbed : .kept
                }
            let pairs = seen?.pairs ?? []
            return PreviewReport.Field(
                name: column.name, fate: fate,
                before: pairs.contains { $0.before != nil } ? pairs.map { $0.before?[index] ?? nil } : nil,
                after: fate == .withheld ? [] : pairs.map { $0.after?[index] ?? nil })
        }
        return PreviewReport.Table(
            name: schema.name, file: schema.fileName, leaves: table != nil, rows: table?.rows ?? seen?.records ?? 0,
            bytes: table?.size ?? 0, fields: fields)
    }
}
