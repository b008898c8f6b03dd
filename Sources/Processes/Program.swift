internal import CLinux
import Glibc

/// An executable file of this machine.
package struct Program: Hashable, Sendable {
    /// The absolute path.
    package let path: String

    package init(path: String) { self.path = path }

    /// The last part of the path: all that messages say about a program.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Finds a program by its name in a search path, or takes a name with a slash as a path.
    ///
    /// - Parameter searchPath: directories between colons, as in `PATH`; relative ones are passed over.
    /// - Throws: `ProcessError` with the code `notFound`.
    package static func find(_ name: String, in searchPath: String) throws(ProcessError) -> Program {
        if name.contains("/") {
            guard isExecutable(name) else { throw ProcessError(.notFound, Program(path: name)) }
            return Program(path: name)
        }
        for directory in searchPath.split(separator: ":") where directory.hasPrefix("/") {
            let path = "\(directory)/\(name)"
            if isExecutable(path) { return Program(path: path) }
        }
        throw ProcessError(
            .notFound, Program(path: name), reason: "no executable file of this name in the search path",
            advice: "Install \(name), or add its directory to PATH.")
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(path, X_OK) == 0
    }
}
