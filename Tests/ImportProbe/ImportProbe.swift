import Database
import Logging
import Reception

/// Imports what waits, as one of several controllers: `ImportProbe ADDRESS STATE-DIRECTORY`. It ends when nothing is left
/// for it.
@main struct ImportProbe {
    static func main() async throws {
        let words = CommandLine.arguments
        let importer = try Importer(.server(words[1]), spool: Spool(state: words[2]), logger: Logger([]))
        while try await importer.importNext() != nil {}
    }
}
