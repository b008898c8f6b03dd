internal import Files
import Glibc

/// What every dynamically linked program of this machine needs before it runs its first line: the loader, which is
/// executed, and the C library, which is only read. This process runs with the same two.
package struct SystemLibrary: Sendable {
    package let loader: String
    package let library: String

    /// - Throws: `ConfinementError` with the code `path` where `/proc` does not tell.
    package static func ofThisProcess() throws(ConfinementError) -> SystemLibrary {
        let maps = "/proc/self/maps"
        let content: [UInt8]
        do throws(FileError) { content = try Files.read(maps) } catch { throw ConfinementError(error) }
        guard let library = SystemLibrary(maps: String(decoding: content, as: UTF8.self)) else {
            throw ConfinementError(.path, maps, ENOENT)
        }
        return library
    }

    /// - Parameter maps: lines of the form of `/proc/PID/maps`, whose last field is a path.
    init?(maps: String) {
        var loader: String?
        var library: String?
        for line in maps.split(separator: "\n") {
            guard let start = line.firstIndex(of: "/"), let slash = line.lastIndex(of: "/") else { continue }
            let name = line[line.index(after: slash)...]
            if name.hasPrefix("ld-linux") { loader = String(line[start...]) }
            if name == "libc.so.6" { library = String(line[start...]) }
        }
        guard let loader, let library else { return nil }
        self.loader = loader
        self.library = library
    }
}
