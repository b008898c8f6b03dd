/// What an agent can ask of a controller over HTTPS.
package enum Endpoint: String, CaseIterable, Sendable {
    /// `POST`: registers the agent's key and answers with what it needs for one project.
    case agent
    /// `GET`: says whether the agent may gather now.
    case status
    /// `POST`: says that an upload is complete.
    case export
    /// `POST`: takes records of the agent's log.
    case log
    /// `GET`: answers when somebody wants the agent to gather, or after a while. Ours alone.
    case wait
    /// `GET`: the update trackers that imports left of a project, for an agent that lost its own. Ours alone.
    case trackers
    /// `GET`: the projects that a visitor from an address may see.
    case access
    /// `GET` and `POST`: the pseudonym of a value.
    case encrypt
    /// `GET`: whether an agent's version is current.
    case version

    /// The path that agents of ours use.
    package var path: String { "/auth/\(rawValue)" }

    /// The path that agents and controllers of the reference use.
    package var legacyPath: String { "\(path).py" }

    /// The endpoint of a path in either form; `nil` for any other path.
    package init?(path: String) {
        guard let endpoint = Self.allCases.first(where: { $0.path == path || $0.legacyPath == path }) else {
            return nil
        }
        self = endpoint
    }
}
