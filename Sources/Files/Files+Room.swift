import Glibc

extension Files {
    /// What is left on a file system.
    package struct Room: Sendable, Equatable {
        /// Bytes that this account may still write.
        package let free: Int
        /// Bytes in all.
        package let size: Int
        /// How many more files there may be; `nil` where the file system sets no number.
        package let files: Int?
        package let isReadOnly: Bool

        package init(free: Int, size: Int, files: Int? = nil, isReadOnly: Bool = false) {
            self.free = free
            self.size = size
            self.files = files
            self.isReadOnly = isReadOnly
        }
    }

    /// The room on the file system that holds a path, which must exist.
    package static func room(at path: String) throws(FileError) -> Room {
        var system = statvfs()
        guard unsafe statvfs(path, &system) == 0 else { throw FileError(.inspect, path) }
        let block = Int(clamping: system.f_frsize)
        return Room(
            free: Int(clamping: system.f_bavail).multipliedClamping(block),
            size: Int(clamping: system.f_blocks).multipliedClamping(block),
            // Btrfs and others say 0 of 0.
            files: system.f_files == 0 ? nil : Int(clamping: system.f_favail),
            isReadOnly: system.f_flag & UInt(ST_RDONLY) != 0)
    }
}

extension Int {
    fileprivate func multipliedClamping(_ factor: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }
}
