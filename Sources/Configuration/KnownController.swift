package import ControllerAPI
internal import Files

/// The controller that an agent was enrolled at by a token, so that nothing else had to be set: where it is, how to know
/// it, and what the agent is called there. Kept in the agent's state directory, because the token is used up by then.
package struct KnownController: Hashable, Sendable, Codable {
    /// `host` or `host:port`.
    package let controller: String
    /// Digests of public keys, `sha256//` and base64: one of them is the controller's.
    package let pins: [String]
    package let agent: AgentKey
    package let projects: [ProjectKey]
    /// The pin in the token. Another token with another one comes from a controller with another key, and counts more.
    package let tokenPin: String

    private enum CodingKeys: String, CodingKey {
        case controller, pins, agent, projects
        case tokenPin = "token_pin"
    }

    private init(controller: String, pins: [String], agent: AgentKey, projects: [ProjectKey], tokenPin: String) {
        self.controller = controller
        self.pins = pins
        self.agent = agent
        self.projects = projects
        self.tokenPin = tokenPin
    }

    /// Before the first registration there is nothing but the token.
    package init(_ token: EnrolmentToken) {
        self.init(
            controller: token.controller, pins: [token.pin], agent: token.agent, projects: token.projects,
            tokenPin: token.pin)
    }

    private static func path(below state: String) -> String { "\(state)/controller.json" }
    private static let subject = "controller.json"

    /// What counts: what was kept, or a token that says otherwise.
    /// - Throws: `FileError`, `WireError` for a file that is not what was kept.
    package static func read(below state: String, token: EnrolmentToken?) throws -> KnownController? {
        let path = path(below: state)
        guard try Files.status(path) != nil else { return token.map(KnownController.init) }
        let kept = try WireJSON.decode(KnownController.self, from: Files.read(path), subject: subject)
        guard let token else { return kept }
        guard kept.tokenPin == token.pin, kept.controller == token.controller else { return KnownController(token) }
        return KnownController(
            controller: kept.controller, pins: kept.pins, agent: token.agent, projects: token.projects,
            tokenPin: kept.tokenPin)
    }

    /// The same with the keys that the controller itself names, now that it has answered; those of a proxy before it, which
    /// it does not know, stay.
    /// - Parameter own: the pins of the certificate it has and of those it will have.
    package func renewed(_ own: [String]) -> KnownController {
        guard !pins.allSatisfy({ !own.contains($0) }) else { return self }
        return KnownController(
            controller: controller, pins: own, agent: agent, projects: projects, tokenPin: tokenPin)
    }

    package func store(below state: String) throws {
        let path = Self.path(below: state)
        let content = try WireJSON.encode(self, subject: Self.subject)
        if try Files.status(path) != nil, try Files.read(path) == content { return }
        try Files.makeDirectory(state)
        try Files.write(content, to: path, permissions: 0o600)
    }
}
