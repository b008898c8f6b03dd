/// Where to go, who to be there, and whom to expect.
package struct SFTPServer: Sendable {
    package var host: String
    package var port: UInt16
    package var user: String
    /// Path of an Ed25519 or ECDSA key file without passphrase. (libssh2 1.10 signs RSA with SHA-1 only, which servers
    /// refuse nowadays.)
    package var privateKey: String
    /// The server must show one of these.
    package var hostKeys: [HostKey]
    /// For the TCP connection to each of the host's addresses.
    package var connectTimeout: Duration = .seconds(15)
    /// For each step of the protocol: libssh2 would otherwise wait for ever for a peer that went away.
    package var stepTimeout: Duration = .seconds(60)
    /// Says why no connection may be made to one of the host's addresses, which it is given in numbers.
    package var addressRefusal: (@Sendable (String) -> String?)?

    package init(host: String, port: UInt16 = 22, user: String, privateKey: String, hostKeys: [HostKey]) {
        self.host = host
        self.port = port
        self.user = user
        self.privateKey = privateKey
        self.hostKeys = hostKeys
    }

    /// Host and port, as messages show it.
    var name: String { port == 22 ? host : "\(host):\(port)" }
}
