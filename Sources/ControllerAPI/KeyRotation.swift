package import Cryptography

/// The change of an agent from one key to another, while both are good.
///
/// The agent sends the new key with its registration, which the old one signs, and a proof that it has the new one too.
/// From then on both may be used; the first request signed by the new key ends the old one.
package enum KeyRotation {
    /// What the new key signs to prove that the agent has it: lines that fit no other purpose.
    package static func statement(of agent: AgentKey, from old: PublicKey, to new: PublicKey) -> [UInt8] {
        Array("gathering key rotation 1\nagent \(agent)\nfrom \(old.fingerprint)\nto \(new.fingerprint)\n".utf8)
    }
}
