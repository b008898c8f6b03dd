import Glibc

extension Files {
    /// Bytes that this account may still write to the file system of a path.
    package static func room(at path: String) throws(FileError) -> Int {
        var figures = statvfs()
        guard unsafe statvfs(path, &figures) == 0 else { throw FileError(.inspect, path) }
        return Int(clamping: UInt64(figures.f_bavail) &* UInt64(figures.f_frsize))
    }
}
