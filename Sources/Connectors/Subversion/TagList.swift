import Blocking
import Gathering
import Records
import Tables
import Timestamps
import XML

/// The entries of the directory `tags`, in the order of the listing.
struct TagList {
    /// Tags without a date, which have no row.
    private(set) var undated = 0

    private let repository: String

    init(repository: String) { self.repository = repository }

    /// Writes a row for each tag; none where there is no such directory.
    mutating func write(
        _ svn: SubversionProgram, at revision: Int, to stream: RecordStream, _ cancellation: Cancellation
    ) throws {
        do {
            let target = svn.address.target("tags", at: revision)
            try svn.elements("entry", of: ["list", target], cancellation) { entry in
                guard let name = entry.texts["name"], let version = entry.attributes["commit/revision"] else {
                    throw SubversionError(.unexpectedOutput, subject: "list")
                }
                guard let date = entry.texts["date"].flatMap({ Timestamp(rfc3339: $0) }) else {
                    undated += 1
                    return
                }
                let author = entry.texts["author"].flatMap { $0.isEmpty ? nil : $0 }
                try stream.append(
                    Record(.tag, [repository, name, version, unknown, date.local, author ?? unknown, unknown]))
            }
        } catch let error as SubversionError where error.code == .failed(.missing) {
        }
    }
}
