import Blocking
import Processes
import Records
import Tables
import Timestamps

/// The tags of the local copy, in the order of their full names.
enum TagList {
    /// One tag that leads to a commit.
    struct Tag {
        let name: String
        let commit: String
        /// `nil` for a lightweight tag.
        let annotation: Annotation?

        func record(repository: String) -> Record {
            Record(
                .tag,
                [
                    repository, name, commit, annotation?.message ?? unknown, annotation?.date ?? unknown,
                    annotation?.tagger ?? unknown, annotation?.email ?? unknown,
                ])
        }
    }

    /// What the outermost tag object says.
    struct Annotation {
        let message: String
        let date: String?
        let tagger: String?
        let email: String?
    }

    /// The names of the fields are those of `git for-each-ref`; each ends with NUL, the last one with a line end more.
    private static let fields = [
        "refname", "objectname", "objecttype", "taggername", "taggeremail", "taggerdate:unix", "contents",
        "*objectname", "*objecttype",
    ]

    /// Reads the tags; those of files and directories are passed over, since there is no commit to name.
    static func read(_ git: GitProgram, _ cancellation: Cancellation, _ consume: (Tag) throws -> Void) throws {
        let format = fields.map { "%(\($0))%00" }.joined()
        let process = try Process.start(git.command(["for-each-ref", "--format=\(format)", "refs/tags/"]))
        var inspector = try ObjectInspector(git)
        let interruption = inspector.interruption
        try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
            interruption()
        } during: {
            var reader = NULReader { buffer in try process.read(into: &buffer) }
            while let name = try reader.next(), name.count > 1 {
                var values: [[UInt8]] = []
                for _ in fields.dropFirst() {
                    guard let value = try reader.next() else {
                        throw GitError(.unexpectedOutput, subject: "for-each-ref")
                    }
                    values.append(value)
                }
                guard let object = ObjectID(values[0]) else {
                    throw GitError(.unexpectedOutput, subject: "for-each-ref")
                }
                // Most tags are of a commit, or of a tag of one; for the others somebody has to follow the way.
                let direct = values[1].elementsEqual("commit".utf8) ? object : nil
                let tagged = values[7].elementsEqual("commit".utf8) ? ObjectID(values[6]) : nil
                guard let commit = try direct ?? tagged ?? inspector.commits(of: [object])[0] else { continue }
                let full = String(decoding: name.drop { $0 == UInt8(ascii: "\n") }, as: UTF8.self)
                try consume(
                    Tag(
                        name: String(full.dropFirst("refs/tags/".count)), commit: commit.text,
                        annotation: values[1].elementsEqual("tag".utf8) ? Annotation(values) : nil))
            }
            try process.wait().requireSuccess()
        }
    }
}

extension TagList.Annotation {
    /// - Parameter values: what follows the name in the order of `fields`.
    fileprivate init(_ values: [[UInt8]]) {
        func text(_ bytes: some Sequence<UInt8>) -> String? {
            let text = String(decoding: Array(bytes), as: UTF8.self)
            return text.isEmpty ? nil : text
        }
        let contents = values[5].last == UInt8(ascii: "\n") ? values[5].dropLast() : values[5][...]
        message = text(contents) ?? ""
        tagger = text(values[2])
        email = text(values[3].drop { $0 == UInt8(ascii: "<") }.prefix { $0 != UInt8(ascii: ">") })
        date = Int(String(decoding: values[4], as: UTF8.self)).map { Timestamp(seconds: $0).local }
    }
}
