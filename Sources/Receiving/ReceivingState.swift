package import ControllerAPI
package import Cryptography
internal import Files
import Glibc
internal import Processes

/// Where the receiving side keeps its files, below the controller's state directory:
///
///     ssh/ssh_host_ed25519_key   who the server is; made once
///     ssh/authorized_keys        which key belongs to which agent
///     ssh/sshd_config            written at each start
///     spool/incoming/AGENT/      what an agent may use: `export` to write, `update` to read
package struct ReceivingState: Sendable {
    /// The state directory.
    package let path: String

    /// - Parameter path: absolute.
    /// - Throws: `ReceivingError` with the code `setting` where a shell or the SSH server's files could not hold it.
    package init(_ path: String) throws(ReceivingError) {
        self.path = try SafePath.check(path, subject: "state directory")
    }

    package var sshDirectory: String { "\(path)/ssh" }
    package var hostKeyPath: String { "\(sshDirectory)/ssh_host_ed25519_key" }
    package var authorizedKeysPath: String { "\(sshDirectory)/authorized_keys" }
    package var configurationPath: String { "\(sshDirectory)/sshd_config" }
    /// Holds a directory for each agent that ever connected.
    package var incoming: String { "\(path)/spool/incoming" }

    /// The directory in which the agent's session begins.
    package func incoming(_ agent: AgentKey) -> String { "\(incoming)/\(agent)" }

    /// Makes what is missing: directories, an empty `authorized_keys`, the host key. Nothing that is there changes.
    ///
    /// - Returns: the host key's public part, which agents are to pin.
    /// - Throws: `FileError`, `CryptographyError`.
    package func prepare() throws -> PublicKey {
        for directory in [sshDirectory, incoming] { try Files.makeDirectory(directory, permissions: 0o700) }
        if try Files.status(authorizedKeysPath) == nil {
            try Files.write([], to: authorizedKeysPath, permissions: 0o600)
        }
        if try Files.status(hostKeyPath) != nil { return try SigningKey.load(hostKeyPath).publicKey }
        let key = try SigningKey.generate()
        try key.save(hostKeyPath)
        return key.publicKey
    }

    /// Lets in exactly these agents from now on. Sessions that run go on, see `endSessions`.
    ///
    /// - Parameters:
    ///   - controller: the program that the server runs for each login, with `receive` and its options.
    ///   - changes: number of the change of keys that the list is of, for `authorizedChanges`.
    /// - Throws: `ReceivingError` with the codes `setting`, `sharedKey` or `file`; the file is then unchanged.
    package func authorize(
        _ logins: [AgentKey: Login], controller: String, changes: Int? = nil
    ) throws(ReceivingError) {
        let text = try AuthorizedKeys.text(logins, controller: controller, state: self, changes: changes)
        do throws(FileError) {
            try Files.makeDirectory(sshDirectory, permissions: 0o700)
            try Files.write(text.utf8, to: authorizedKeysPath, permissions: 0o600)
        } catch { throw ReceivingError(error) }
    }

    /// Makes the agent's directories, for their owner only.
    /// - Throws: `ReceivingError` with the code `file` also where something else is in their place.
    func makeDirectories(of agent: AgentKey) throws(ReceivingError) {
        do throws(FileError) {
            try Files.makeDirectory(incoming, permissions: 0o700)
            for directory in [incoming(agent), "\(incoming(agent))/export", "\(incoming(agent))/update"] {
                try Files.makeDirectory(directory, permissions: 0o700)
                guard try Files.status(directory)?.kind == .directory else {
                    throw FileError(.create, directory, code: ENOTDIR)
                }
            }
        } catch { throw ReceivingError(error) }
    }

    /// Lets an agent of the older system fetch a project's update trackers, and upload for the project.
    /// - Parameter trackers: names of files and what they hold; others that were there are removed.
    /// - Throws: `ReceivingError` with the code `file`.
    package func offer(
        _ trackers: [(file: String, content: String)], of project: ProjectKey, to agent: AgentKey
    ) throws(ReceivingError) {
        try makeDirectories(of: agent)
        do throws(FileError) {
            let update = "\(incoming(agent))/update/\(project)"
            for directory in ["\(incoming(agent))/export/\(project)", update] {
                try Files.makeDirectory(directory, permissions: 0o700)
            }
            for name in try Files.list(update) where !trackers.contains(where: { $0.file == name }) {
                try Files.remove("\(update)/\(name)")
            }
            for (file, content) in trackers {
                try Files.write(content.utf8, to: "\(update)/\(file)", permissions: 0o600)
            }
        } catch { throw ReceivingError(error) }
    }

    /// Makes the directory to which an agent of the older system uploads; newer versions of its `scp` do not.
    /// - Throws: `ReceivingError` with the code `file`.
    package func makeProject(_ project: ProjectKey, of agent: AgentKey) throws(ReceivingError) {
        try makeDirectories(of: agent)
        do throws(FileError) {
            try Files.makeDirectory("\(incoming(agent))/export/\(project)", permissions: 0o700)
        } catch { throw ReceivingError(error) }
    }

    /// Ends the sessions of an agent that run, and their connections. To be called when the agent is no longer let in:
    /// a session that has just begun looks at the list of keys itself.
    package func endSessions(of agent: AgentKey) {
        let marks = [" -d \(incoming(agent)) ", " receive --state \(path) --agent \(agent) "]
        for mark in marks {
            for process in ProcessTree.processes(withCommandContaining: mark) { ProcessTree.kill(process) }
        }
    }

    /// The agents that the list of keys lets in.
    package func authorizedAgents() throws(ReceivingError) -> Set<AgentKey> {
        do throws(FileError) {
            guard try Files.status(authorizedKeysPath) != nil else { return [] }
            return AuthorizedKeys.agents(in: try Files.read(authorizedKeysPath))
        } catch { throw ReceivingError(error) }
    }

    /// The change of keys that the list is of; `nil` where it does not say, or is missing.
    package func authorizedChanges() throws(ReceivingError) -> Int? {
        do throws(FileError) {
            guard try Files.status(authorizedKeysPath) != nil else { return nil }
            return AuthorizedKeys.changes(in: try Files.read(authorizedKeysPath))
        } catch { throw ReceivingError(error) }
    }

    /// Whether the list of keys lets the agent in.
    func isAuthorized(_ agent: AgentKey) throws(ReceivingError) -> Bool {
        do throws(FileError) {
            return AuthorizedKeys.agents(in: try Files.read(authorizedKeysPath)).contains(agent)
        } catch { throw ReceivingError(error) }
    }

    /// Bytes of all files in the agent's directory. Links are not followed.
    package func usage(of agent: AgentKey) throws(ReceivingError) -> Int {
        do throws(FileError) { return try Self.size(of: incoming(agent)) } catch { throw ReceivingError(error) }
    }

    /// What vanishes while we look is nothing.
    private static func size(of path: String) throws(FileError) -> Int {
        guard let status = try Files.status(path) else { return 0 }
        guard status.kind == .directory else { return status.kind == .file ? status.size : 0 }
        let names: [String]
        do throws(FileError) { names = try Files.list(path) } catch {
            if error.isMissing { return 0 }
            throw error
        }
        var sum = 0
        for name in names { sum += try size(of: "\(path)/\(name)") }
        return sum
    }
}
