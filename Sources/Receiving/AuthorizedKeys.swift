internal import ControllerAPI
internal import Cryptography

/// The file by which the SSH server knows agents: all log in to one account, the key tells which agent it is.
enum AuthorizedKeys {
    /// - Throws: `ReceivingError` with the code `setting` or `sharedKey`.
    static func text(
        _ keys: [AgentKey: PublicKey], controller: String, state: ReceivingState
    ) throws(ReceivingError) -> String {
        let controller = try SafePath.check(controller, subject: "controller's program")
        var owners: [PublicKey: AgentKey] = [:]
        var text = ""
        for (agent, key) in keys.sorted(by: { $0.key < $1.key }) {
            if let owner = owners.updateValue(agent, forKey: key) {
                // The server takes the first line with the key: the second agent would be the first.
                throw ReceivingError(
                    .sharedKey, "key of agent \(agent)", expected: "a key of its own",
                    found: "the key of agent \(owner)", advice: "Have one of the agents make a new key.")
            }
            let command = "'\(controller)' receive --state '\(state.path)' --agent \(agent)"
            text += "restrict,command=\"\(command)\" \(key.openSSH(comment: agent.text))\n"
        }
        return text
    }
}
