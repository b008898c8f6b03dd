package import ControllerAPI
package import SFTP

extension SFTPServer {
    /// The server that a registration names.
    ///
    /// - Parameter controller: The host of the controller's HTTPS, for a registration that names no other.
    /// - Throws: `SFTPError` `badHostKey`.
    package init(_ service: SSHService, controller: String, privateKey: String) throws(SFTPError) {
        var keys: [HostKey] = []
        for line in service.hostKeys { keys.append(try HostKey(line)) }
        self.init(
            host: service.host ?? controller, port: UInt16(clamping: service.port), user: service.user,
            privateKey: privateKey, hostKeys: keys)
    }
}
