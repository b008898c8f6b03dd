internal import ControllerAPI
package import Cryptography

/// The file by which the SSH server knows agents: all log in to one account, the key tells which agent it is.
enum AuthorizedKeys {
    /// - Throws: `ReceivingError` with the code `setting` or `sharedKey`.
    static func text(
        _ logins: [AgentKey: Login], controller: String, state: ReceivingState
    ) throws(ReceivingError) -> String {
        let controller = try SafePath.check(controller, subject: "controller's program")
        var owners: [LoginKey: AgentKey] = [:]
        var text = ""
        for (agent, login) in logins.sorted(by: { $0.key < $1.key }) {
            for key in login.keys {
                if let owner = owners.updateValue(agent, forKey: key) {
                    // The server takes the first line with the key: the second agent would be the first.
                    throw ReceivingError(
                        .sharedKey, "key of agent \(agent)", expected: "a key of its own",
                        found: "the key of agent \(owner)", advice: "Have one of the agents make a new key.")
                }
                text +=
                    "restrict,command=\"\(command(agent, login.terms, controller, state))\" "
                    + "\(key.openSSH(comment: agent.text))\n"
            }
        }
        return text
    }

    private static func command(
        _ agent: AgentKey, _ terms: ReceiveSession.Terms, _ controller: String, _ state: ReceivingState
    ) -> String {
        var command = "'\(controller)' receive --state '\(state.path)' --agent \(agent)"
        if terms.quota != ReceiveSession.Terms.defaultQuota { command += " --quota \(terms.quota)" }
        if terms.isLegacy { command += " --legacy" }
        return command
    }

    /// The agents that a file lets in.
    static func agents(in text: String) -> Set<AgentKey> {
        Set(
            text.split(separator: "\n").compactMap { line in
                guard let mark = line.firstRange(of: " --agent ") else { return nil }
                let key = line[mark.upperBound...].prefix { $0 != "\"" && $0 != " " }
                do throws(WireError) { return try AgentKey(String(key)) } catch { return nil }
            })
    }

    /// Whether the file lets an agent in.
    static func names(_ agent: AgentKey, in text: String) -> Bool {
        text.split(separator: "\n").contains { $0.contains(" --agent \(agent)\"") || $0.contains(" --agent \(agent) ") }
    }
}

/// How an agent may log in.
package struct Login: Sendable {
    /// Its key; two while it changes from one to another.
    package let keys: [LoginKey]
    package let terms: ReceiveSession.Terms

    package init(_ keys: [LoginKey], _ terms: ReceiveSession.Terms = .init()) {
        self.keys = keys
        self.terms = terms
    }
}
