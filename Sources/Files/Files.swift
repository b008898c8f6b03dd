internal import CLinux
import Glibc
import Synchronization

/// Whole-file and directory operations. What replaces a file does so atomically and durably:
/// temporary name, `fsync`, rename, `fsync` of the directory.
package enum Files {
    package enum Kind: Sendable { case file, directory, link, other }

    package struct Status: Sendable {
        package let kind: Kind
        package let size: Int
        /// Permission bits, e.g. `0o600`.
        package let permissions: UInt32
        package let owner: UInt32
        /// Seconds since 1970.
        package let modified: Int

        init(_ status: stat) {
            kind =
                switch status.st_mode & S_IFMT {
                case S_IFREG: .file
                case S_IFDIR: .directory
                case S_IFLNK: .link
                default: .other
                }
            size = Int(status.st_size)
            permissions = status.st_mode & 0o7777
            owner = status.st_uid
            modified = status.st_mtim.tv_sec
        }
    }

    /// The status of what is there, symbolic links not followed; `nil` where there is nothing.
    package static func status(_ path: String) throws(FileError) -> Status? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(.inspect, path)
        }
        return Status(status)
    }

    /// Reads a whole file.
    /// - Throws: `FileError` with `EFBIG` when it is larger than `limit` bytes.
    package static func read(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
        let file = try Descriptor(path, .read)
        var content: [UInt8] = []
        while true {
            let bytes = try file.read(upTo: 64 << 10)
            if bytes.isEmpty { return content }
            content += bytes
            guard content.count <= limit else { throw FileError(.read, path, code: EFBIG) }
        }
    }

    /// Replaces a file's content atomically; readers see the old or the new content, whole.
    package static func write(
        _ content: some Sequence<UInt8>, to path: String, permissions: UInt32 = 0o644
    ) throws(FileError) {
        // Two threads may replace the same file at once: each needs a name of its own.
        let number = writeCount.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(path).\(getpid()).\(number).tmp"
        do throws(FileError) {
            let file = try Descriptor(temporary, .replace(permissions: permissions))
            guard fchmod(file.raw, permissions) == 0 else { throw FileError(.write, temporary) }
            try file.write(content)
            try file.synchronise()
            try rename(temporary, to: path)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    /// Renames within one file system at once, but not for sure before a power cut: for what can be made anew.
    package static func move(_ path: String, to destination: String) throws(FileError) {
        guard unsafe Glibc.rename(path, destination) == 0 else { throw FileError(.rename, path) }
    }

    /// Renames within one file system and makes the change durable.
    package static func rename(_ path: String, to destination: String) throws(FileError) {
        guard unsafe Glibc.rename(path, destination) == 0 else { throw FileError(.rename, path) }
        try synchroniseDirectory(of: destination)
    }

    /// Makes the directory's entries durable.
    package static func synchroniseDirectory(of path: String) throws(FileError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try Descriptor(directory, .read).synchronise()
    }

    /// Makes the directory and those above it; no error where it exists.
    package static func makeDirectory(_ path: String, permissions: UInt32 = 0o755) throws(FileError) {
        if unsafe mkdir(path, permissions) == 0 { return }
        if errno == EEXIST {
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw FileError(.create, path, code: ENOTDIR)
            }
            return
        }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError(.create, path)
        }
        try makeDirectory(String(path[..<slash]), permissions: permissions)
        guard unsafe mkdir(path, permissions) == 0 || errno == EEXIST else { throw FileError(.create, path) }
    }

    /// Makes a symbolic link.
    package static func link(_ path: String, to destination: String) throws(FileError) {
        guard unsafe symlink(destination, path) == 0 else { throw FileError(.create, path) }
    }

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    package static func list(_ path: String) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw FileError(.list, path) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or a link; no error where there is none.
    package static func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError(.remove, path) }
    }

    /// Removes a directory and all below it, links not followed; no error where there is none.
    package static func removeTree(_ path: String) throws(FileError) {
        guard let status = try status(path) else { return }
        guard status.kind == .directory else { return try remove(path) }
        for name in try list(path) { try removeTree("\(path)/\(name)") }
        guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw FileError(.remove, path) }
    }
}

/// How often files were replaced so far.
private let writeCount = Atomic(0)
