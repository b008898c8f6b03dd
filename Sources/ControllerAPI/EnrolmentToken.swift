internal import Cryptography

/// All that the installer of an agent needs, in one word: where the controller is, by which key to know it, the secret
/// that admits the agent once, and what it is called there.
package struct EnrolmentToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// `host` or `host:port`.
    package let controller: String
    /// The digest of the controller's public key, `sha256//` and base64.
    package let pin: String
    /// Goes to the controller, once.
    package let secret: String
    package let agent: AgentKey
    package let projects: [ProjectKey]

    package init(controller: String, pin: String, secret: String, agent: AgentKey, projects: [ProjectKey]) {
        self.controller = controller
        self.pin = pin
        self.secret = secret
        self.agent = agent
        self.projects = projects
    }

    /// Tells a token from other secrets, for people and for programs that look for secrets in the wrong places.
    private static let prefix = "gathering1-"
    private static let subject = "enrolment token"

    private struct Content: Codable {
        let controller: String
        let pin: String
        let secret: String
        let agent: AgentKey
        let projects: [ProjectKey]
    }

    /// Whether a text is such a token; others are the secret alone.
    package static func isOne(_ text: String) -> Bool { text.hasPrefix(prefix) }

    /// - Throws: `WireError` for a text that is not a whole token.
    package init(_ text: String) throws(WireError) {
        let malformed = WireError(
            .malformed, Self.subject, expected: "the whole word that `controller enrol` prints", found: "another text")
        guard Self.isOne(text), let json = Base64.url.decode(String(text.dropFirst(Self.prefix.count))) else {
            throw malformed
        }
        let content: Content
        do throws(WireError) {
            content = try WireJSON.decode(Content.self, from: json, subject: Self.subject)
        } catch {
            throw malformed
        }
        controller = content.controller
        pin = content.pin
        secret = content.secret
        agent = content.agent
        projects = content.projects
    }

    /// The word to hand over.
    package func text() throws(WireError) -> String {
        let content = Content(controller: controller, pin: pin, secret: secret, agent: agent, projects: projects)
        return Self.prefix + Base64.url.encode(try WireJSON.encode(content, subject: Self.subject))
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
