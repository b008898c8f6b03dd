import Gathering
import SourceSettings
import Tables

/// A source whose address or login cannot be worked out: it fails by itself, and the others are gathered.
struct UnreachableSource: Source {
    let name: String
    let reason: any Error

    var tables: [TableSchema] { [] }

    func reach(storage: String) async throws -> String? { throw reason }

    func gather(_ request: GatheringRequest) async throws -> SourceReport { throw reason }
}
