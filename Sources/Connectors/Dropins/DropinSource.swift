import Blocking
import Cryptography
import Files
package import Gathering
import Records
package import Tables

/// Where tables lie that somebody made beforehand, and where they come from.
package struct DropinSettings: Sendable {
    /// Of one project.
    package var directory: String
    /// `nil` where somebody else puts them there.
    package var store: DropinStore?

    package init(directory: String, store: DropinStore? = nil) {
        self.directory = directory
        self.store = store
    }
}

/// Tables that somebody made beforehand.
package struct DropinSource: Source {
    private let settings: DropinSettings

    package init(_ settings: DropinSettings) { self.settings = settings }

    package var name: String { "dropins" }
    package var store: DropinStore? { settings.store }
    package var tables: [TableSchema] { [] }
    package var occasionalTables: [TableSchema] { TableSchema.catalogue }

    /// Bytes of one file.
    private static let limit = 1 << 30

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        if let store = settings.store {
            request.activity.begin("fetching dropins", total: nil)
            try await store.fetch(into: settings.directory)
        }
        request.activity.begin("dropins", total: nil)
        let directory = settings.directory
        let schemas = try await blocking { _ in
            guard try Files.status(directory) != nil else { return [TableSchema]() }
            let names = Set(try Files.list(directory))
            return TableSchema.catalogue.filter { names.contains($0.fileName) }
        }
        var report = SourceReport()
        let stream = try request.output.stream(piece: 0)
        let seen = Set((request.trackers.value(.dropins, of: name) ?? "").split(separator: " ").map(String.init))
        var marks: [String] = []
        for schema in schemas {
            let path = "\(directory)/\(schema.fileName)"
            let mark = try await blocking { _ in String(try SHA256.digest(ofFile: path).hex.prefix(16)) }
            if seen.contains(mark) {
                marks.append(mark)
                continue
            }
            do {
                request.activity.advance(by: try Self.take(schema, path, into: nil))
                // It is sound: now it counts.
                _ = try Self.take(schema, path, into: stream)
                marks.append(mark)
            } catch let error as TableError {
                report.gaps.append("\(path): \(error)")
            }
        }
        try request.output.finish(stream, piece: 0)
        report.cursors = [.init(.dropins, marks.joined(separator: " "))]
        return report
    }

    package func reach(storage: String) async throws -> String? {
        guard let store = settings.store else {
            let directory = settings.directory
            let known = Set(TableSchema.catalogue.map(\.fileName))
            let count = try await blocking { _ in
                try Files.status(directory) == nil ? 0 : Files.list(directory).count { known.contains($0) }
            }
            return "\(count) tables in \(directory)"
        }
        guard let count = try await store.count() else {
            return "the store lets the agent in and has no directory for the project: there is nothing to fetch"
        }
        return "the store lets the agent in and has \(count) tables"
    }

    /// Reads a file, and puts out its rows where there is a place for them.
    private static func take(_ schema: TableSchema, _ path: String, into stream: RecordStream?) throws -> Int {
        var reader = try TableReader(schema, path: path)
        var count = 0
        while let rows = try reader.next() {
            try Task.checkCancellation()
            count += rows.count
            for row in rows {
                try stream?.append(
                    Record(schema, row.values, isPseudonymised: row.encrypted.map { $0 != "0" } ?? false))
            }
        }
        return count
    }
}
