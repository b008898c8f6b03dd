package import Files
import Glibc

/// A program of this package, as it was built beside the tests.
package enum BuiltProgram {
    /// Its path. The test target must depend on the program's target, so that it is built.
    package static func path(_ name: String) throws(FileError) -> String {
        guard let own = unsafe realpath("/proc/self/exe", nil) else { throw FileError(.inspect, "/proc/self/exe") }
        defer { unsafe free(own) }
        let path = unsafe String(cString: own)
        return "\(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])/\(name)"
    }
}
