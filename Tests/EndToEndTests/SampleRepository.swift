import Files
import TestSupport

/// A repository in which everything occurs that is awkward to gather; see the script `make-repository` beside this file.
struct SampleRepository {
    let path: String

    /// Stands in every name of a person, and nowhere else.
    static let name = "Quillfeather"
    /// Ends every address of a person, and stands nowhere else.
    static let addresses = "people.test"
    /// A name in a commit message.
    static let named = "Trotwood"

    init(in directory: TemporaryDirectory) throws {
        path = "\(directory.path)/sample repository"
        let script = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        try Ran.program("bash", ["/\(script)/make-repository", path]).required()
    }

    /// Adds commits by one more person, with a file each.
    func commit(_ messages: String...) throws {
        for message in messages {
            try Ran.script(
                """
                cd "$1"
                date >> "$2"
                git add -A
                git -c user.name='New Quillfeather' -c user.email=new@people.test commit --quiet -m "$2"
                """, path, message
            ).required()
        }
    }

    /// The commits of the gathered branch by Git's own count.
    func count() throws -> Int {
        Int(try Ran.program("git", ["-C", path, "rev-list", "--count", "HEAD"]).required().line) ?? -1
    }
}
