import Files
import FoundationEssentials
package import Gathering
import Tables
package import TestSupport

/// What gatherings of one source brought, one after the other, in the clear. Each begins where the one before ended.
package final class Gathered {
    package let storage: TemporaryDirectory
    package private(set) var trackers = Trackers()
    /// Of the last gathering that returned.
    package private(set) var report = SourceReport()
    private var tables: [String: [[String: String]]] = [:]

    package init() throws { storage = try TemporaryDirectory() }

    /// Gathers, and takes the result for delivered unless told otherwise.
    package func gather(_ source: any Source, isDelivered: Bool = true) async throws {
        let output = try TemporaryDirectory()
        let request = GatheringRequest(
            storage: storage.path, trackers: trackers, sprints: .empty,
            output: SourceOutput(directory: output.path, secrets: nil), activity: SourceActivity(), parallelism: 2)
        report = try await source.gather(request)
        tables = [:]
        for schema in source.tables + source.occasionalTables {
            let segments = request.output.segments(of: schema)
            // An object cannot be empty as an array can.
            guard !schema.isObject || !segments.isEmpty else { continue }
            let table = try TableWriter.write(schema, segments: segments, in: output.path)
            if schema.isObject {
                tables[schema.name] = try Self.rows(schema, table.path)
                continue
            }
            tables[schema.name] = try JSONDecoder().decode([[String: String]].self, from: Data(Files.read(table.path)))
        }
        guard isDelivered else { return }
        for cursor in report.cursors { trackers.move(cursor, of: source.name) }
        try UnfinishedAnswers.remove(in: storage.path)
    }

    private static func rows(_ schema: TableSchema, _ path: String) throws -> [[String: String]] {
        var reader = try TableReader(schema, path: path)
        var rows: [[String: String]] = []
        while let batch = try reader.next() {
            rows += batch.map { row in
                zip(schema.columns, row.values).reduce(into: [:]) { $0[$1.0.name] = $1.1 }
            }
        }
        return rows
    }

    /// Lets the next gathering begin elsewhere.
    package func restart(_ tracker: Trackers.File, at value: String) { trackers.set(value, tracker, of: "") }

    package func rows(_ table: String) -> [[String: String]] { tables[table] ?? [] }

    package var count: Int { tables.values.reduce(0) { $0 + $1.count } }

    /// All rows, without regard to their order.
    package var content: [String: Set<[String: String]>] { tables.mapValues { Set($0) } }
}
