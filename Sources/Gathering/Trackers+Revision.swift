import Tables

extension Trackers {
    /// How far a server was asked about the metrics of a project: what the trackers hold that several kinds of servers
    /// share, `{"sources": [{"type", "name", "url"}], "versions": {URL: revision}, "targets": {METRIC: row}}`.
    package struct Revision: Hashable, Sendable {
        package let type: String
        package let name: String
        package let url: String
        package let version: String

        package init(type: String, name: String, url: String, version: String) {
            self.type = type
            self.name = name
            self.url = url
            self.version = version
        }

        /// What moves the file on to this revision.
        package func cursors(_ file: File) -> [SourceReport.Cursor] {
            let source = JSONMembers.line([
                ("type", JSONMembers.literal(type)), ("name", JSONMembers.literal(name)),
                ("url", JSONMembers.literal(url)),
            ])
            return [
                .init(file, source, member: "\(Kind.source.rawValue)\(url)"),
                .init(file, version, member: "\(Kind.version.rawValue)\(url)"),
            ]
        }

        fileprivate enum Kind: String { case source = "source ", version = "version ", target = "target " }

        private struct Place: Decodable { let url: String }

        /// The values of a file by names that say what they are.
        static func stored(_ json: [UInt8]) -> [String: String]? {
            guard let members = JSONMembers.object(json) else { return nil }
            var values: [String: String] = [:]
            for member in members where member.value != "null" {
                switch member.name {
                case "sources":
                    guard let sources = JSONMembers.array(member.value.utf8) else { return nil }
                    for source in sources {
                        let url = JSONMembers.object(source.utf8)?.first { $0.name == "url" }
                        guard let url = url.flatMap({ JSONMembers.text($0.value.utf8) }) else { return nil }
                        values["\(Kind.source.rawValue)\(url)"] = source
                    }
                case "versions":
                    guard let versions = JSONMembers.object(member.value.utf8) else { return nil }
                    for version in versions {
                        guard let text = JSONMembers.text(version.value.utf8) else { return nil }
                        values["\(Kind.version.rawValue)\(version.name)"] = text
                    }
                case "targets":
                    guard let targets = JSONMembers.object(member.value.utf8) else { return nil }
                    for target in targets { values["\(Kind.target.rawValue)\(target.name)"] = target.value }
                default: break
                }
            }
            return values
        }

        static func json(_ values: [(key: String, value: String)], hasTargets: Bool) -> String {
            func members(_ kind: Kind) -> [(name: String, value: String)] {
                values.filter { $0.key.hasPrefix(kind.rawValue) }.map {
                    (String($0.key.dropFirst(kind.rawValue.count)), $0.value)
                }
            }
            let sources = "[\(members(.source).map(\.value).joined(separator: ", "))]"
            let versions = JSONMembers.line(members(.version).map { ($0.name, JSONMembers.literal($0.value)) })
            let targets = hasTargets ? [("targets", JSONMembers.line(members(.target)))] : []
            return JSONMembers.line([("sources", sources), ("versions", versions)] + targets)
        }
    }

    /// The revision up to which a server was asked; `nil` where it never was.
    package func revision(_ file: File, of url: String) -> String? {
        value(file, of: "\(Revision.Kind.version.rawValue)\(url)")
    }

    /// The targets that were told of last, each as a JSON object, by the names of the metrics.
    package var targets: [String: String] {
        let kind = Revision.Kind.target.rawValue
        return names(.metricOptions).reduce(into: [:]) { targets, name in
            guard name.hasPrefix(kind) else { return }
            targets[String(name.dropFirst(kind.count))] = value(.metricOptions, of: name)
        }
    }
}

extension SourceReport.Cursor {
    /// Remembers the target of a metric as it was told.
    package static func target(_ metric: String, _ json: String) -> SourceReport.Cursor {
        .init(.metricOptions, json, member: "\(Trackers.Revision.Kind.target.rawValue)\(metric)")
    }

    /// Forgets the target of a metric that is no more.
    package static func forgettingTarget(_ metric: String) -> SourceReport.Cursor {
        .removing(.metricOptions, member: "\(Trackers.Revision.Kind.target.rawValue)\(metric)")
    }
}
