import Blocking
import Processes

extension GitSource {
    /// The commits that lead to one but not to another, newest first, as the local copy has them.
    ///
    /// - Parameters:
    ///   - storage: where the copy is.
    ///   - old: the id of a commit.
    ///   - new: the id of another one.
    /// - Returns: `nil` where the copy does not have both.
    package func commits(in storage: String, after old: String, upTo new: String) async throws -> [String]? {
        guard let old = ObjectID(Array(old.utf8)), let new = ObjectID(Array(new.utf8)) else { return nil }
        let git = try GitProgram(settings, storage: storage)
        return try await blocking { cancellation in
            var command = git.command(["rev-list", "--end-of-options", "\(old.text)..\(new.text)"])
            command.errors = .null
            do {
                let lines = try git.output(command, cancellation).split(separator: UInt8(ascii: "\n"))
                return lines.map { String(decoding: $0, as: UTF8.self) }
            } catch let error as GitError where error.code == .failed {
                return nil
            }
        }
    }
}
