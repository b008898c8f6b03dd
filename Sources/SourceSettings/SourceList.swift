package import Configuration
import FoundationEssentials
import Tables

/// The sources of one project, in the order of their definition.
package struct SourceList: Sendable, Equatable {
    /// All that are exported.
    package let definitions: [SourceDefinition]
    /// What is worth a second look but stops nothing, one sentence each.
    package let warnings: [String]

    /// Those of a type that something here knows; whether there is a connector for it is not said.
    package var gatherable: [SourceDefinition] {
        definitions.filter { $0.kind != nil && ($0.gitHubTeam == nil || $0.kind == .github || $0.kind == .git) }
    }

    /// Puts together what the file and what the numbered settings define.
    ///
    /// A numbered source takes the place of the file's with the same address: the settings are what somebody wrote,
    /// and the file may be what an earlier run made of them. Of two with the same address that remain, the first counts. What another server named comes last, and takes nobody's place.
    package init(file: [SourceDefinition], numbered: [SourceDefinition], found: [SourceDefinition] = []) {
        var kept: [SourceDefinition] = []
        var warnings: [String] = []
        var places: [String: Int] = [:]
        for definition in file + numbered + found {
            let address = PlainURL.normalised(definition.url)
            guard let place = places[address] else {
                places[address] = kept.count
                kept.append(definition)
                continue
            }
            let earlier = kept[place]
            // Other servers spell addresses as they like.
            guard !found.contains(definition) else { continue }
            let isSame = earlier.name == definition.name && earlier.type == definition.type
            let replaces = place < file.count && numbered.contains(definition) && !numbered.contains(earlier)
            if replaces { kept[place] = definition }
            guard !isSame || !replaces else { continue }
            let (counts, ignored) = replaces ? (definition, earlier) : (earlier, definition)
            warnings.append(
                "\(ignored.origin) (\(ignored.name)) has the same address as \(counts.origin) (\(counts.name)), which counts"
            )
        }
        for definition in kept where definition.kind == nil {
            warnings.append("\(definition.origin) (\(definition.name)) is not gathered: its type is unknown")
        }
        for definition in kept
        where definition.gitHubTeam != nil && definition.kind != .github && definition.kind != .git {
            warnings.append(
                "\(definition.origin) (\(definition.name)) is not gathered: only GitHub sources have a team")
        }
        for name in Set(kept.map(\.name)).sorted()
        where kept.count(where: { $0.name == name && $0.kind?.isRepository == true }) > 1 {
            warnings.append("several sources are named \(name): rows do not tell them apart")
        }
        definitions = kept
        self.warnings = warnings
    }

    // MARK: data_sources.json

    private struct Member: Decodable {
        let type: String
        let name: String
        let url: String
        let github_team: String?
    }

    /// Reads a `data_sources.json`: an array of objects with `type`, `name`, `url` and perhaps `github_team`.
    /// - Parameter path: for messages only.
    package static func read(_ content: [UInt8], path: String) throws(ConfigurationError) -> [SourceDefinition] {
        do {
            return try JSONDecoder().decode([Member].self, from: Data(content)).enumerated().map { index, member in
                SourceDefinition(
                    type: member.type, name: member.name, url: member.url, gitHubTeam: member.github_team,
                    origin: "\(path), entry \(index + 1)")
            }
        } catch let error as DecodingError {
            throw ConfigurationError([.init(.badValue, path, error.place)])
        } catch {
            throw ConfigurationError([.init(.badValue, path, "expected JSON")])
        }
    }

    /// The file again, in one line and without any password: what is delivered.
    package func exported() -> [UInt8] {
        var output = Array("[".utf8)
        for (index, definition) in definitions.enumerated() {
            output += (index == 0 ? "{" : ", {").utf8
            let members = [
                ("type", definition.type), ("name", definition.name), ("url", definition.exportedURL),
                ("github_team", definition.gitHubTeam),
            ]
            for (place, member) in members.enumerated() {
                guard let value = member.1 else { continue }
                output += (place == 0 ? "\"\(member.0)\": " : ", \"\(member.0)\": ").utf8
                JSONText.append(value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        return output + Array("]".utf8)
    }
}

extension DecodingError {
    /// Where the form is wrong, without any of the content.
    fileprivate var place: String {
        let (path, expected): ([any CodingKey], String) =
            switch self {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "a member that is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                (context.codingPath, "an array of objects whose members are texts")
            case .dataCorrupted(let context): (context.codingPath, "JSON")
            @unknown default: ([], "JSON")
            }
        let place = path.map { $0.intValue.map { "entry \($0 + 1)" } ?? $0.stringValue }.joined(separator: ", ")
        return "expected \(expected)" + (place.isEmpty ? "" : " at \(place)")
    }
}
