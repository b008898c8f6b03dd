package import Bundles

/// Where rows go besides the store. It may get the same rows again, after a crash for one, and must not have them twice then.
package protocol Sink: Sendable {
    /// Stands for it in the store, in figures and in messages; never changes.
    var name: String { get }

    /// Whether it gets rows, and what was imported before it was set up; else it only hears of each bundle from then on.
    var takesRows: Bool { get }

    /// Adds the form in which it wants a row to the file that it will get.
    /// - Parameters:
    ///   - id: the same for the same row: 64 hexadecimal digits.
    ///   - json: one object in one line, without a line end.
    func append(_ json: [UInt8], id: String, table: String, to content: inout [UInt8])

    /// Takes the rows that a bundle brought; the files are the sink's from here on.
    /// - Returns: how many rows it will never take, because of what they are.
    func take(_ files: [RowFile], of bundle: BundleIdentity) async throws -> Int
}

extension Sink {
    package var takesRows: Bool { true }
}

/// The rows of one table that a bundle brought.
package struct RowFile: Sendable, Equatable {
    package let table: String
    package let path: String
    package let rows: Int

    package init(table: String, path: String, rows: Int) {
        self.table = table
        self.path = path
        self.rows = rows
    }
}
