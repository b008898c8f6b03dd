import ControllerAPI
package import Files

/// Where the gathering began that moved a project's update trackers, until whoever asked for it has been answered.
///
/// Where nothing is sealed, the tracker files themselves say how far gathering got. A run that is killed after it has
/// moved them, but before anybody knows that it was complete, is to be repeated from where it began.
package enum UnfinishedMove {
    private struct Stored: Codable {
        let start: [String: [String: String]]
        let end: [String: [String: String]]
    }

    private static func path(in directories: Gatherer.Directories) -> String {
        "\(directories.workspace)/unfinished.json"
    }

    /// Call it before the trackers move.
    static func begin(from start: Trackers, to end: Trackers, in directories: Gatherer.Directories) throws {
        let stored = Stored(start: start.stored, end: end.stored)
        try Files.write(
            WireJSON.encode(stored, subject: "unfinished"), to: path(in: directories), permissions: 0o600)
    }

    /// Call it when the gathering is known to be complete.
    package static func finish(in directories: Gatherer.Directories) throws(FileError) {
        try Files.remove(path(in: directories))
        try UnfinishedAnswers.remove(in: directories.storage)
    }

    /// The trackers that a gathering begins from: those that were read, or where a killed one moved them, those before.
    /// A tracker that somebody has changed since counts as it is.
    static func corrected(_ trackers: Trackers, in directories: Gatherer.Directories) throws -> Trackers {
        let path = path(in: directories)
        guard try Files.status(path) != nil else { return trackers }
        let stored = try WireJSON.decode(Stored.self, from: Files.read(path, limit: 256 << 20), subject: "unfinished")
        var values = trackers.stored
        for file in Trackers.File.allCases.map(\.rawValue) where (values[file] ?? [:]) == (stored.end[file] ?? [:]) {
            values[file] = stored.start[file]
        }
        return Trackers(stored: values)
    }
}

extension Trackers {
    /// Reads the tracker files of a project; missing ones begin anew.
    package init(in directories: Gatherer.Directories) throws {
        self.init()
        for file in File.allCases where try Files.status(directories.path(of: file)) != nil {
            try load(file, json: Files.read(directories.path(of: file), limit: 256 << 20))
        }
        self = try UnfinishedMove.corrected(self, in: directories)
    }
}
