import ControllerAPI
import Files
import Gathering
import GitLab
import Tables

/// The tables that somebody made beforehand and put into a project's directory of dropins.
///
/// What is fetched from a store counts from the next gathering on.
struct DropinTables {
    private let directory: String
    private let names: Set<String>

    init(of project: ProjectKey, below home: String) throws(FileError) {
        directory = "\(home)/dropins/\(project)"
        names = try Files.status(directory) == nil ? [] : Set(try Files.list(directory))
    }

    private func has(_ schema: TableSchema) -> Bool { names.contains(schema.fileName) }

    /// Whether there is a file for each table of a source, so that nobody has to be asked.
    func replace(_ source: any Source) -> Bool {
        let tables = source.tables.isEmpty ? source.occasionalTables : source.tables
        return !tables.isEmpty && tables.allSatisfy { TableSchema.catalogue.contains($0) && has($0) }
    }

    /// What they mean for a repository on GitLab; `nil` where none is of one.
    func gitLab(_ repository: String) throws -> GitLabSettings.Dropins? {
        let tables: [TableSchema] = [.mergeRequest, .mergeRequestNote, .commitComment, .gitLabRepo, .vcsEvent]
        guard tables.contains(where: has) else { return nil }
        var trackers = Trackers()
        let file = Trackers.File.gitLab
        if names.contains(file.rawValue) {
            try trackers.load(file, json: Files.read("\(directory)/\(file.rawValue)", limit: 64 << 20))
        }
        return GitLabSettings.Dropins(hasProject: has(.gitLabRepo), tracker: trackers.value(file, of: repository))
    }
}
