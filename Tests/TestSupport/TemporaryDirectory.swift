package import Files
import Glibc

/// A directory for one test, removed with all its content when the value ends.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter parent: the directory that it is made in.
    package init(in parent: String = "/tmp") throws(FileError) {
        var template = Array("\(parent)/gathering-test-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw FileError(.create, "\(parent)/gathering-test-XXXXXX") }
        path = unsafe String(cString: made)
    }

    deinit { try? Files.removeTree(path) }
}
