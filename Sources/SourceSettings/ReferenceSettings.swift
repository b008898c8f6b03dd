package import Configuration

/// The reference's `settings.cfg`, as far as it concerns an agent.
package struct ReferenceSettings: Sendable {
    private let file: INIFile

    package init(_ file: INIFile) { self.file = file }

    /// Reads the file; a missing one says nothing.
    /// - Throws: all faults together.
    package init(path: String) throws(ConfigurationError) { file = try INIFile(path: path) }

    /// An option where it is set: there, and no falsy word.
    package func value(_ section: String, _ option: String) -> String? {
        file.value(section, option).flatMap { FalsyWord.matches($0.value) ? nil : $0.value }
    }

    /// An option that may be given for one project in particular, as `option.KEY`.
    package func value(_ section: String, _ option: String, project: String) -> String? {
        value(section, "\(option).\(project)") ?? value(section, option)
    }

    /// The settings that the file takes the place of. They count less than the environment.
    package var assignments: [(name: String, value: String, origin: Settings.Origin)] {
        let options = [("host", "SSH_HOST"), ("cert", "SSH_HTTPS_CERT"), ("username", "SSH_USERNAME")]
        var assignments = options.compactMap { option, setting in
            file.value("ssh", option).map { (name: setting, value: $0.value, origin: origin($0)) }
        }
        // A template that was filled with several keys made one option of them.
        let projects = (file.options("projects") ?? []).filter { $0.name != "jira_key" }
        if let first = projects.first {
            let keys = projects.map { $0.name.uppercased() }.joined(separator: " ")
            assignments.append((name: "JIRA_KEY", value: keys, origin: origin(first)))
        }
        return assignments
    }

    private func origin(_ option: INIFile.Option) -> Settings.Origin {
        .file(path: file.path, line: option.line)
    }
}
