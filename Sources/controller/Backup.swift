import Archives
import Commands
import ControllerAPI
import Cryptography
import Database
import Files
import Reception
import SQLite
import Timestamps

/// A copy of everything of a controller that cannot be had again: the database, certificate and keys, and the bundles that
/// are not yet imported. It can be made while the controller works.
struct Backup {
    private let state: ControllerState

    init(_ state: ControllerState) { self.state = state }

    /// Where a backup cannot be made, or is none.
    struct Fault: Commands.Failure {
        let description: String
        let advice: String?
        let exitCode: ExitCode

        init(_ description: String, advice: String? = nil, _ exitCode: ExitCode = .failure) {
            self.description = description
            self.advice = advice
            self.exitCode = exitCode
        }
    }

    /// The copy of the database is made beside it, so that there is room for it or a clear error.
    private var snapshot: String { "\(state.directory)/backup.sqlite" }

    /// Held by one backup at a time.
    private var lock: String { "\(state.directory)/backup.lock" }

    /// What lies in the state directory and belongs in no backup: locks, the living database, what agents upload.
    private static let left: Set<String> = ["lock", "backup.lock", "spool", "https-port"]

    // MARK: Making

    /// Writes the backup; it has its name when it is whole.
    /// - Returns: how many files are in it.
    func make(_ path: String) throws -> Int {
        guard !state.store.isShared else {
            throw Fault(
                "the tables are in PostgreSQL, which has its own way of backing up",
                advice: "Use pg_dump for the database of STORE, and copy \(state.directory) with the spool after it.",
                .usage)
        }
        try state.requireInitialised()
        guard try Files.status(path) == nil else {
            throw Fault("there is a file \(path) already", advice: "Give each backup a name of its own.", .usage)
        }
        let lock = try lockBackups()
        defer { withExtendedLifetime(lock) {} }
        try Files.removeTree(snapshot)
        defer { do { try Files.removeTree(snapshot) } catch {} }
        // A copy as of one moment, whatever is written meanwhile (https://sqlite.org/lang_vacuum.html#vacuuminto).
        try Connection(state.database, .readOnly).execute("VACUUM INTO ?", snapshot)
        try forgetSessions()
        let unfinished = "\(path).part"
        let files = try contents()
        do {
            try write(files, to: unfinished)
            try Files.move(unfinished, to: path)
        } catch {
            try Files.removeTree(unfinished)
            throw error
        }
        return files.count
    }

    /// Whoever logs out stays out, whatever is brought back later.
    private func forgetSessions() throws {
        let copy = try Connection(snapshot)
        let table = try copy.all("SELECT name FROM sqlite_master WHERE name = 'controller_sessions'") { row in
            try row[0] as String
        }
        if !table.isEmpty { try copy.execute("DELETE FROM controller_sessions") }
        // The copy is one file: what lies beside it would not go into the backup.
        let _: String? = try copy.first("PRAGMA journal_mode = DELETE")
    }

    private func lockBackups() throws -> FileLock {
        do throws(FileError) {
            return try FileLock(lock)
        } catch {
            throw error.isHeldElsewhere
                ? Fault("another backup is being made", advice: "Wait for its end.", .tryLater) : error
        }
    }

    private func write(_ files: [(name: String, path: String)], to path: String) throws {
        let output = OpenFile(try Descriptor(path, .replace(permissions: 0o600)))
        var writer = try TarWriter(.init(permissions: 0o600, modified: Timestamp.now.seconds)) {
            try output.descriptor.write($0)
        }
        for (name, path) in files { try writer.add(name, file: path) }
        try writer.finish()
        try output.descriptor.synchronise()
    }

    /// Names in the archive and where their content lies.
    private func contents() throws -> [(name: String, path: String)] {
        var files = [(name: "controller.sqlite", path: snapshot)]
        for name in try Files.list(state.directory).sorted()
        where !Self.left.contains(name) && !name.contains(".sqlite") {
            files += try filesBelow(name)
        }
        let spool = Spool(state: state.directory)
        let waiting = try Connection(snapshot, .readOnly).all(
            "SELECT agent, project, run FROM controller_bundles WHERE state = 'received'"
        ) { row in spool.bundle(try AgentKey(row[0]), try ProjectKey(row[1]), try RunID(row[2])) }
        for directory in waiting { files += try filesBelow(String(directory.dropFirst(state.directory.count + 1))) }
        return files
    }

    /// A file, or all files of a directory.
    private func filesBelow(_ name: String) throws -> [(name: String, path: String)] {
        let path = "\(state.directory)/\(name)"
        switch try Files.status(path)?.kind {
        case .file: return [(name, path)]
        case .directory: return try Files.list(path).sorted().flatMap { try filesBelow("\(name)/\($0)") }
        default: return []
        }
    }

    // MARK: Bringing back

    private static let limits = TarReader.Limits(entry: 1 << 40, total: 1 << 42, entries: 10_000_000)

    /// Unpacks a backup; the state directory has its name when it is whole.
    func restore(_ path: String) throws {
        if try Files.status(state.directory) != nil, try !Files.list(state.directory).isEmpty {
            throw Fault(
                "\(state.directory) is not empty",
                advice: "Restore into an empty directory: --state DIR. Nothing was changed.",
                .usage)
        }
        let unfinished = "\(state.directory).restoring"
        try Files.removeTree(unfinished)
        try Files.makeDirectory(unfinished, permissions: 0o700)
        do {
            try unpack(path, into: unfinished)
            let restored = ControllerState(directory: unfinished)
            do {
                try restored.requireInitialised()
            } catch is ControllerState.NotInitialised {
                throw Fault(
                    "\(path) is no backup of a controller", advice: "Expected a file that 'controller backup' made.")
            }
            try Files.move(unfinished, to: state.directory)
        } catch {
            try Files.removeTree(unfinished)
            if let error = error as? ArchiveError {
                throw Fault(
                    "\(path) is damaged or no backup: \(error)", advice: "Use another backup. Nothing was changed.")
            }
            throw error
        }
    }

    private func unpack(_ path: String, into directory: String) throws {
        let input = OpenFile(try Descriptor(path, .read))
        var reader = try TarReader(limits: Self.limits) { try input.descriptor.read(upTo: 256 << 10) }
        while let entry = try reader.next() {
            let target = "\(directory)/\(entry.name)"
            if let slash = target.lastIndex(of: "/") {
                try Files.makeDirectory(String(target[..<slash]), permissions: 0o700)
            }
            let file = try Descriptor(target, .replace(permissions: 0o600))
            while true {
                let piece = try reader.read()
                if piece.isEmpty { break }
                try file.write(piece)
            }
            try file.synchronise()
        }
    }

    /// A descriptor that closures can share.
    private final class OpenFile {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }
}
