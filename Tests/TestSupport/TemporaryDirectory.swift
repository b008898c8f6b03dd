package import Files
import Glibc

/// A directory for one test, removed with all its content when the value ends.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws(FileError) {
        var template = Array("/tmp/gathering-test-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw FileError(.create, "/tmp/gathering-test-XXXXXX") }
        path = unsafe String(cString: made)
    }

    deinit { try? Files.removeTree(path) }
}
