internal import Processes

/// The text of `sshd_config`. Everything that matters is set, so that neither another version's defaults nor the
/// machine's own configuration, which is not read, change what is allowed.
enum ServerConfiguration {
    /// - Throws: `ReceivingError` with the code `setting`.
    static func text(_ settings: ReceivingServer.Settings, state: ReceivingState, account: Account)
        throws(ReceivingError)
        -> String
    {
        guard (1...65535).contains(settings.port) else {
            throw ReceivingError(.setting, "port", expected: "1 to 65535", found: "\(settings.port)")
        }
        let lines =
            ["Port \(settings.port)"]
            + (try settings.address.map { address throws(ReceivingError) in
                ["ListenAddress \(try checkAddress(address))"]
            } ?? [])
            + [
                "HostKey \"\(state.hostKeyPath)\"",
                "HostKeyAlgorithms ssh-ed25519",
                "PidFile none",
                // The controller runs the server and reads its log from a pipe; PAM would need root.
                "UsePAM no",
                "UseDNS no",
                "LogLevel INFO",

                // Who: this account, by a key that the controller wrote down.
                "AllowUsers \(try checkName(account.name))",
                // For root a key is good for the command written beside it, and nothing else.
                "PermitRootLogin forced-commands-only",
                "AuthenticationMethods publickey",
                "PubkeyAuthentication yes",
                // Agents of ours have the first kind; keys of older agents are checked for strength when they register.
                "PubkeyAcceptedAlgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
                    + "rsa-sha2-512,rsa-sha2-256",
                "AuthorizedKeysFile \"\(SafePath.escapingTokens(state.authorizedKeysPath))\"",
                "AuthorizedKeysCommand none",
                "AuthorizedPrincipalsFile none",
                "TrustedUserCAKeys none",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "HostbasedAuthentication no",
                "PermitEmptyPasswords no",
                // The directories are the controller's own, 0700. The check would also refuse a state directory below
                // one that others may write to, such as a shared volume.
                "StrictModes no",

                // What: file transfer. The command beside each key decides; these are the second fence.
                "Subsystem sftp internal-sftp",
                "DisableForwarding yes",
                "PermitTTY no",
                "PermitTunnel no",
                "PermitUserRC no",
                "PermitUserEnvironment no",
                // The shell looks for its startup files here, where there are none: what the account's own do would take
                // time at each login, and what they write would come before the answer.
                "SetEnv \"HOME=\(state.sshDirectory)\"",
                "PrintMotd no",
                "PrintLastLog no",
                "Banner none",
                "VersionAddendum none",
                // Bundles are compressed already.
                "Compression no",

                // How much: room for a thousand agents whose clocks agree, little for those without a key.
                "MaxAuthTries 3",
                "MaxSessions 1",
                "LoginGraceTime 20",
                "MaxStartups 100:30:300",
                // An agent that vanished is noticed after two minutes.
                "TCPKeepAlive yes",
                "ClientAliveInterval 30",
                "ClientAliveCountMax 4",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Digits, letters and the signs of addresses and host names.
    private static func checkAddress(_ address: String) throws(ReceivingError) -> String {
        guard !address.isEmpty, address.utf8.allSatisfy({ isLetterOrDigit($0) || ".:-[]%".utf8.contains($0) }) else {
            throw ReceivingError(
                .setting, "listening address", expected: "an address or host name", found: "another text")
        }
        return address
    }

    /// The server reads `*`, `?`, `@` and spaces in its list of users as signs of its own.
    private static func checkName(_ name: String) throws(ReceivingError) -> String {
        guard !name.isEmpty, name.utf8.allSatisfy({ isLetterOrDigit($0) || "._-".utf8.contains($0) }) else {
            throw ReceivingError(
                .account, "account of this process", expected: "a name of letters, digits, `.`, `_` and `-`",
                found: "another", advice: "Run the controller in an account of its own, e.g. `controller`.")
        }
        return name
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
