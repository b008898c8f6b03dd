import ControllerAPI
import Files
import Gathering
import SourceSettings

/// A project's list of sources, `data_sources.json`, in its two places: the export directory, where people and older
/// programs put what is to be gathered, and the workspace, where the whole list lies as it is delivered, without
/// passwords.
///
/// The list is put into the export directory, too, where nobody else has put one. Such a file says nothing that the
/// numbered settings do not, and is passed over when it is read: a source that is no longer set is no longer gathered. A
/// mark in the workspace tells it from one that somebody else wrote in the same words.
struct SourceListFile {
    static let name = "data_sources.json"

    private let directories: Gatherer.Directories
    private let exported: String
    private let delivered: String
    /// There where the file in the export directory is the agent's own.
    private let mark: String

    init(in directories: Gatherer.Directories) {
        self.directories = directories
        exported = "\(directories.export)/\(Self.name)"
        delivered = "\(directories.workspace)/\(Self.name)"
        mark = "\(directories.workspace)/data_sources.own"
    }

    /// For messages.
    var path: String { exported }

    /// What others have put into the export directory; `nil` where nobody has.
    func read() throws(FileError) -> [UInt8]? {
        guard let content = try Self.content(exported) else { return nil }
        guard try Files.status(mark) != nil else { return content }
        return try content == Self.content(delivered) ? nil : content
    }

    /// Writes the whole list.
    func write(_ list: SourceList) throws(FileError) {
        let isForeign = try read() != nil
        let content = list.exported()
        try Files.makeDirectory(directories.export)
        try Files.makeDirectory(directories.workspace, permissions: 0o700)
        // The export directory first: a file there that is not the one delivered would be taken for somebody else's.
        if isForeign {
            try Files.remove(mark)
        } else {
            try Files.remove(exported)
            try Files.write([], to: mark, permissions: 0o600)
        }
        try Files.write(content, to: delivered, permissions: 0o600)
        if !isForeign, !list.definitions.isEmpty { try Files.write(content, to: exported) }
    }

    private static func content(_ path: String) throws(FileError) -> [UInt8]? {
        try Files.status(path) == nil ? nil : try Files.read(path)
    }
}
