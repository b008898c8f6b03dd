/// The names that may stand in an archive: relative paths of plain parts in printable ASCII without spaces. They
/// mean the same on every system and cannot leave the directory they are unpacked in.
enum EntryName {
    /// Bytes; what a ustar header holds without splitting.
    static let limit = 100

    static func isAllowed(_ name: String) -> Bool {
        guard (1...limit).contains(name.utf8.count) else { return false }
        guard name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// - Throws: `nameNotAllowed`, without the name, which is not fit for a message.
    static func check(_ name: String?, number: Int) throws(ArchiveError) -> String {
        guard let name, isAllowed(name) else {
            let rule = "expected a relative name of plain parts and at most \(limit) characters"
            throw ArchiveError(.nameNotAllowed, "\(rule), found another as entry \(number)")
        }
        return name
    }
}
