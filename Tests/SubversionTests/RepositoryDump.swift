import Glibc
import Processes
import TestSupport

/// The history of a repository in the form that `svnadmin load` reads, made revision by revision.
struct RepositoryDump {
    private var bytes = Array("SVN-fs-dump-format-version: 2\n\n".utf8)
    private var number: Int

    /// 2023-11-01T10:00:00Z; each revision is an hour later than the one before.
    private static let firstDate = 1_698_832_800

    /// - Parameter last: the last revision of the repository that it is to be loaded into.
    init(after last: Int = 0) { number = last }

    /// Text in bytes, or none for a property that is not there.
    struct Properties {
        var author: [UInt8]? = Array("ann".utf8)
        /// `nil` is an hour after the revision before.
        var date: String?
        var hasDate = true
        var message: [UInt8]? = Array("Message".utf8)
    }

    mutating func revision(_ properties: Properties = Properties(), _ nodes: [Node]) {
        number += 1
        var list: [(String, [UInt8])] = []
        if let author = properties.author { list.append(("svn:author", author)) }
        if let message = properties.message { list.append(("svn:log", message)) }
        if properties.hasDate { list.append(("svn:date", Array((properties.date ?? Self.date(number)).utf8))) }
        let text = Self.encoded(list)
        bytes +=
            "Revision-number: \(number)\nProp-content-length: \(text.count)\nContent-length: \(text.count)\n\n".utf8
        bytes += text + [UInt8(ascii: "\n")]
        for node in nodes { bytes += node.encoded }
    }

    mutating func revision(_ message: String, by author: String = "ann", _ nodes: Node...) {
        revision(Properties(author: Array(author.utf8), message: Array(message.utf8)), nodes)
    }

    /// What happens to one path in a revision.
    struct Node {
        fileprivate let encoded: [UInt8]

        static func directory(_ path: String, _ properties: [String: String] = [:]) -> Node {
            Node(path, kind: "dir", action: "add", properties: properties)
        }
        static func setProperties(_ path: String, _ properties: [String: String]) -> Node {
            Node(path, kind: "dir", action: "change", properties: properties)
        }
        static func add(_ path: String, _ text: String, _ properties: [String: String] = [:]) -> Node {
            Node(path, kind: "file", action: "add", properties: properties, text: Array(text.utf8))
        }
        static func change(_ path: String, _ text: String, _ properties: [String: String]? = nil) -> Node {
            Node(path, kind: "file", action: "change", properties: properties, text: Array(text.utf8))
        }
        static func delete(_ path: String) -> Node { Node(path, kind: nil, action: "delete") }
        static func copy(_ path: String, to destination: String, at revision: Int, kind: String = "dir") -> Node {
            Node(
                destination, kind: kind, action: "add",
                header: "Node-copyfrom-rev: \(revision)\nNode-copyfrom-path: \(path)\n")
        }

        private init(
            _ path: String, kind: String?, action: String, header: String = "", properties: [String: String]? = nil,
            text: [UInt8]? = nil
        ) {
            var header =
                "Node-path: \(path)\n" + (kind.map { "Node-kind: \($0)\n" } ?? "")
                + "Node-action: \(action)\n" + header
            var body: [UInt8] = []
            if let properties {
                body = RepositoryDump.encoded(
                    properties.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })
                header += "Prop-content-length: \(body.count)\n"
            }
            if let text {
                header += "Text-content-length: \(text.count)\n"
                body += text
            }
            if properties != nil || text != nil { header += "Content-length: \(body.count)\n" }
            encoded = Array(header.utf8) + [UInt8(ascii: "\n")] + body + Array("\n\n".utf8)
        }
    }

    private static func encoded(_ properties: [(String, [UInt8])]) -> [UInt8] {
        properties.flatMap { name, value in
            Array("K \(name.utf8.count)\n\(name)\nV \(value.count)\n".utf8) + value + [UInt8(ascii: "\n")]
        } + Array("PROPS-END\n".utf8)
    }

    private static func date(_ number: Int) -> String {
        var seconds = time_t(firstDate + 3600 * (number - 1))
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour))"
            + ":00:00.123456Z"
    }

    /// Appends the revisions to the repository at a path.
    func load(into path: String) throws {
        let program = try Program.find("svnadmin", in: "/usr/local/bin:/usr/bin:/bin")
        var invocation = Invocation(
            program, ["load", "-q", "--no-flush-to-disk", "--bypass-prop-validation", path],
            environment: ["LC_ALL": "C.UTF-8"])
        invocation.input = .bytes(bytes)
        try Process.run(invocation, within: .seconds(120)).exit.requireSuccess()
    }
}
