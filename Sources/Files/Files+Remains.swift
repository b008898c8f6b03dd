import Glibc

extension Files {
    /// Removes what a program that was killed was about to put in a file's place.
    ///
    /// - Parameter directory: one in which nobody of this process is writing; what others write is left alone.
    package static func removeRemains(in directory: String) throws(FileError) {
        for name in try list(directory) where name.hasSuffix(".tmp") {
            // `write` names them after the process and its count of files.
            let parts = name.split(separator: ".")
            guard parts.count > 3, let process = pid_t(parts[parts.count - 3]), Int(parts[parts.count - 2]) != nil
            else {
                continue
            }
            guard process == getpid() || (Glibc.kill(process, 0) != 0 && errno == ESRCH) else { continue }
            try remove("\(directory)/\(name)")
        }
    }
}
