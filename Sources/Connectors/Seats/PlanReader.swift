import Commands
import Configuration
import JSONValues
import YAML

/// Goes through a plan of seats and collects what is wrong with it.
struct PlanReader {
    private let path: String
    private var lines: [String: Int] = [:]
    private(set) var faults: [ConfigurationFault] = []

    private static let members = ["sheet", "filename", "projects", "prefixes", "ignore"]

    init(path: String) { self.path = path }

    /// A line where there are lines, else a way inside the file.
    private func place(_ way: String) -> String { lines[way].map { "\(path):\($0)" } ?? "\(path) at \(way)" }

    private mutating func add(_ code: ConfigurationFault.Code, _ way: String, _ problem: String) {
        faults.append(.init(code, place(way), problem))
    }

    mutating func whole(_ content: [UInt8]) -> JSONValue {
        if path.hasSuffix(".yml") || path.hasSuffix(".yaml") {
            do throws(YAMLError) {
                let document = try YAMLDocument(content)
                lines = document.lines
                return document.whole
            } catch {
                faults.append(.init(.malformedLine, "\(path):\(error.line)", error.description))
                return .null
            }
        }
        do {
            return try JSONValue(content)
        } catch {
            faults.append(.init(.malformedLine, path, "expected JSON, found something else"))
            return .null
        }
    }

    mutating func lookForOthers(in value: JSONValue) {
        guard let members = value.members else { return add(.badValue, "$", "expected an object, found \(value.kind)") }
        for name in members.keys.sorted() where !Self.members.contains(name) {
            faults.append(
                .init(
                    .unknownName, lines["$.\(name)"].map { "\(path):\($0)" } ?? path,
                    "expected \(Self.members.joined(separator: ", ")), found another member",
                    suggestion: Spelling.nearest(to: name, among: Self.members)))
        }
    }

    mutating func text(_ name: String, _ value: JSONValue) -> String {
        if let text = value[name].plain, !text.isEmpty { return text }
        add(.missing, "$.\(name)", "expected a text, found \(value[name].isNull ? "none" : value[name].kind)")
        return ""
    }

    mutating func texts(_ name: String, _ value: JSONValue) -> [String] {
        if value[name].isNull { return [] }
        let texts = value[name].list?.compactMap(\.plain)
        guard let texts, texts.count == value[name].list?.count else {
            add(.badValue, "$.\(name)", "expected a list of texts, found \(value[name].kind)")
            return []
        }
        return texts
    }

    /// Keys of projects by the names of teams. No name is told: it may be a person's.
    mutating func projects(_ value: JSONValue) -> [String: [String]] {
        guard let members = value["projects"].members, !members.isEmpty else {
            add(.missing, "$.projects", "expected teams with the keys of their projects, found none")
            return [:]
        }
        var projects: [String: [String]] = [:]
        for (name, keys) in members.sorted(by: { $0.key < $1.key }) {
            let texts = keys.plain.map { [$0] } ?? keys.list?.compactMap(\.plain) ?? []
            guard !texts.isEmpty, texts.count == keys.list?.count ?? 1, !texts.contains("") else {
                faults.append(
                    .init(
                        .badValue, lines["$.projects.\(name)"].map { "\(path):\($0)" } ?? "\(path) at $.projects",
                        "expected a key or a list of keys for each team, found \(keys.kind)"))
                continue
            }
            projects[name] = texts
        }
        return projects
    }
}
