internal import ControllerAPI
package import Cryptography

/// The file by which the SSH server knows agents: all log in to one account, the key tells which agent it is.
enum AuthorizedKeys {
    /// - Throws: `ReceivingError` with the code `setting` or `sharedKey`.
    static func text(
        _ logins: [AgentKey: Login], controller: String, state: ReceivingState, changes: Int? = nil
    ) throws(ReceivingError) -> String {
        let controller = try SafePath.check(controller, subject: "controller's program")
        var owners: [LoginKey: AgentKey] = [:]
        var text = changes.map { "\(changesMark)\($0)\n" } ?? ""
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

    /// Begins the first line, which the SSH server passes over.
    private static let changesMark = "# change of keys "
    private static let agentMark = Array(" --agent ".utf8)

    /// The number of the change that a file says it is of.
    static func changes(in file: [UInt8]) -> Int? {
        guard file.starts(with: changesMark.utf8) else { return nil }
        let digits = file.dropFirst(changesMark.utf8.count).prefix { $0 != UInt8(ascii: "\n") }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// The agents that a file lets in. There may be thousands of them, and each login looks.
    static func agents(in file: [UInt8]) -> Set<AgentKey> {
        var agents: Set<AgentKey> = []
        for line in file.split(separator: UInt8(ascii: "\n")) {
            guard let mark = end(of: agentMark, in: line) else { continue }
            let key = line[mark...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: " ") }
            do throws(WireError) { agents.insert(try AgentKey(String(decoding: key, as: UTF8.self))) } catch {
                continue
            }
        }
        return agents
    }

    private static func end(of mark: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        var position = line.startIndex
        while let start = line[position...].firstIndex(of: mark[0]) {
            if line[start...].starts(with: mark) { return start + mark.count }
            position = start + 1
        }
        return nil
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
