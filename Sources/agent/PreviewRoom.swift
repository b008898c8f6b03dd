import ControllerAPI
import Files
import Gathering

/// The directories of a gathering that comes to nothing. Local copies of repositories are those that every gathering uses, so
/// that a preview costs no second copy; what sources keep besides them it does not see.
///
/// It holds the project's lock: a run waits for no preview, it says that the project is being gathered.
struct PreviewRoom: ~Copyable {
    let directories: Gatherer.Directories
    private let path: String
    private let storage: String
    private let lock: FileLock

    init(_ real: Gatherer.Directories, state: String, project: ProjectKey) throws {
        let (storage, path) = (real.storage, "\(state)/preview/\(project)")
        try Files.makeDirectory(real.workspace, permissions: 0o700)
        let lock = try FileLock("\(real.workspace)/lock")
        let directories = Gatherer.Directories(
            export: "\(path)/export", storage: "\(path)/storage", workspace: "\(path)/workspace")
        // What a preview left that was killed.
        try Files.removeTree(path)
        for directory in [directories.export, directories.storage, directories.workspace] {
            try Files.makeDirectory(directory, permissions: 0o700)
        }
        let sprints = "\(real.export)/data_sprint.json"
        if try Files.status(sprints) != nil {
            try Files.write(Files.read(sprints, limit: 256 << 20), to: "\(directories.export)/data_sprint.json")
        }
        let copies = try Files.status(storage) == nil ? [] : try Files.list(storage)
        for name in copies where !name.hasPrefix(".") {
            try Files.link("\(directories.storage)/\(name)", to: "\(storage)/\(name)")
        }
        self.directories = directories
        self.path = path
        self.storage = storage
        self.lock = lock
    }

    /// Forgets everything but new local copies of repositories, which the next gathering can use.
    consuming func close() throws {
        for name in try Files.list(directories.storage) where !name.hasPrefix(".") {
            let copy = "\(directories.storage)/\(name)"
            guard try Files.status(copy)?.kind == .directory else { continue }
            try Files.makeDirectory(storage)
            try Files.move(copy, to: "\(storage)/\(name)")
        }
        try Files.removeTree(path)
        withExtendedLifetime(lock) {}
    }
}
