import Commands
package import Configuration
import Files

/// The reference's `credentials.cfg`: how to log in at each host.
package struct CredentialsFile: Sendable {
    /// What is said about one host.
    package struct Section: Sendable {
        fileprivate let options: [INIFile.Option]

        /// The option as it stands, which may be a falsy word; `nil` where it is not there.
        package func raw(_ option: String) -> String? { options.first { $0.name == option }?.value }

        /// The option where it is set: there, and no falsy word.
        package func value(_ option: String) -> String? {
            raw(option).flatMap { FalsyWord.matches($0) ? nil : $0 }
        }

        package func secret(_ option: String) -> Secret? { value(option).map { Secret($0) } }

        package func isSet(_ option: String) -> Bool { value(option) != nil }
    }

    private let file: INIFile

    package init(_ file: INIFile) { self.file = file }

    /// Reads the file; a missing one says nothing about any host.
    /// - Throws: all faults together.
    package init(path: String) throws(ConfigurationError) { file = try INIFile(path: path) }

    /// What is said about a host, `host` or `host:port` exactly; nothing where there is no such section.
    package func section(_ host: String) -> Section { Section(options: file.options(host) ?? []) }

    /// The variables that hold the paths of private keys. The environment files may set them.
    package var variables: Set<String> {
        Set(file.sections.compactMap { section($0.name).value("env") })
    }

    /// Options that nothing reads, one sentence each.
    package var warnings: [String] {
        file.sections.flatMap { section in
            section.options.filter { !Self.known.contains($0.name) }.map { option in
                let suggestion = Spelling.nearest(to: option.name, among: Self.known.sorted())
                return "\(file.path):\(option.line): \(option.name) is no known option"
                    + (suggestion.map { "; did you mean \($0)?" } ?? "")
            }
        }
    }

    private static let known: Set<String> = [
        "agile_rest_path", "env", "from_date", "github_api_url", "github_bots", "github_token", "gitlab_token", "group",
        "has_commit_comments", "host", "password", "port", "protocol", "skip_stats", "strip", "tag", "tfs", "type",
        "unsafe_hosts", "username", "username.http", "username.ssh", "verify", "web_port",
    ]
}

extension INIFile {
    /// Reads a file; a missing one counts as empty.
    /// - Throws: all faults together.
    package init(path: String) throws(ConfigurationError) {
        do throws(FileError) {
            self =
                try Files.status(path) == nil
                ? INIFile(missing: path) : INIFile(try Files.read(path, limit: 1 << 20), path: path)
        } catch {
            throw ConfigurationError([.init(.unreadable, path, error.reason)])
        }
        guard faults.isEmpty else { throw ConfigurationError(faults) }
    }
}
