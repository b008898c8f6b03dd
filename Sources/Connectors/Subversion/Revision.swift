import Timestamps
import XML

/// One revision as `svn log` tells it.
struct Revision {
    let number: Int
    /// `nil` where nobody is named.
    let author: String?
    /// `nil` where there is none, or none that can be read.
    let date: Timestamp?
    /// Empty where there is none.
    let message: String

    /// Reads an element `logentry`.
    init(_ entry: XMLFields) throws(SubversionError) {
        guard let number = entry.attributes["revision"].flatMap({ Int($0) }), number >= 0 else {
            throw SubversionError(.unexpectedOutput, subject: "log")
        }
        self.number = number
        author = entry.texts["author"].flatMap { $0.isEmpty ? nil : $0 }
        date = entry.texts["date"].flatMap { Timestamp(rfc3339: $0) }
        message = entry.texts["msg"] ?? ""
    }
}
