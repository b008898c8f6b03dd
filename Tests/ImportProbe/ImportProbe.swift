import Database
import Fleet
import Logging
import Reception

/// Imports what waits, as one of several controllers, and ends when nothing is left for it:
/// `ImportProbe STORE STATE-DIRECTORY [prepare]`. The store is an address of PostgreSQL or the path of an SQLite database;
/// with `prepare` it only gets its tables.
@main struct ImportProbe {
    static func main() async throws {
        let words = CommandLine.arguments
        let store = words[1].hasPrefix("postgresql:") ? StoreLocation.server(words[1]) : .file(words[1])
        if words.count > 3 { _ = try Fleet(store) }
        let importer = try Importer(store, spool: Spool(state: words[2]), logger: Logger([]))
        guard words.count == 3 else { return }
        while try await importer.importNext() != nil {}
    }
}
