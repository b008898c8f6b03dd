internal import CLibSSH2
import Glibc

/// Owns one `LIBSSH2_SESSION *`, its SFTP channel and the socket below. Used by one thread at a time; each call blocks
/// for at most the step time-out.
@safe final class Session {
    let handle: OpaquePointer
    let server: SFTPServer
    private let socket: TCPSocket
    private let slot: TCPSocket.Slot
    private var channel: OpaquePointer?

    private static let globalState = libssh2_init(0)

    /// What both sides must share; the first that the server has too is used. Left out of libssh2's own lists: SHA-1, MD5,
    /// CBC, RC4, 3DES. OpenSSH has had these since 6.7 of 2014.
    private static let methods: [(kind: Int32, names: [String])] = [
        (
            LIBSSH2_METHOD_KEX,
            [
                "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
                "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
                "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256",
            ]
        ),
        (LIBSSH2_METHOD_CRYPT_CS, ["aes256-ctr", "aes192-ctr", "aes128-ctr"]),
        (LIBSSH2_METHOD_CRYPT_SC, ["aes256-ctr", "aes192-ctr", "aes128-ctr"]),
        (LIBSSH2_METHOD_MAC_CS, ["hmac-sha2-256", "hmac-sha2-512"]),
        (LIBSSH2_METHOD_MAC_SC, ["hmac-sha2-256", "hmac-sha2-512"]),
    ]

    private static let hostKeyKinds = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    ]

    /// Connects, checks the host key and logs in.
    init(_ server: SFTPServer, slot: TCPSocket.Slot) throws(SFTPError) {
        guard !server.hostKeys.isEmpty else { throw SFTPError(.badHostKey, server.name, "none is given") }
        let socket = try TCPSocket(server, slot: slot)
        guard Self.globalState == 0, let handle = unsafe libssh2_session_init_ex(nil, nil, nil, nil) else {
            throw SFTPError(.unusable, server.name, "no memory")
        }
        unsafe self.handle = handle
        self.server = server
        self.socket = socket
        self.slot = slot
        // `deinit` frees what there is from here on, also when one of the following throws.
        unsafe libssh2_session_set_blocking(handle, 1)
        unsafe libssh2_session_set_timeout(handle, server.stepTimeout.wholeMilliseconds)
        try setMethods()
        try check(unsafe libssh2_session_handshake(handle, socket.raw), server.name)
        try checkHostKey()
        try logIn()
    }

    deinit {
        // Freeing sends farewells; with the connection gone they cannot block.
        slot.interrupt()
        unsafe libssh2_session_free(handle)
    }

    private func setMethods() throws(SFTPError) {
        // The pinned kinds first. Others stay on the list, so that a server with another kind of key than before is
        // seen as one with a changed key.
        let pinned = server.hostKeys.map(\.kind)
        let kinds = pinned + Self.hostKeyKinds.filter { !pinned.contains($0) }
        for (kind, names) in Self.methods + [(LIBSSH2_METHOD_HOSTKEY, kinds)] {
            let code = unsafe libssh2_session_method_pref(handle, kind, names.joined(separator: ","))
            try check(code, server.name)
        }
    }

    private func checkHostKey() throws(SFTPError) {
        var count = 0
        var kind: Int32 = 0
        guard let bytes = unsafe libssh2_session_hostkey(handle, &count, &kind),
            let shown = unsafe HostKey(
                blob: Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(bytes), count: count)))
        else { throw SFTPError(.handshakeFailed, server.name, "it shows no host key") }
        guard server.hostKeys.contains(shown) else {
            let expected = server.hostKeys.map { "\($0.kind) \($0.fingerprint)" }.joined(separator: " or ")
            throw SFTPError(
                .hostKeyChanged, server.name, "expected \(expected), found \(shown.kind) \(shown.fingerprint)")
        }
    }

    private func logIn() throws(SFTPError) {
        // libssh2 would call an unreadable file and a refused key nearly the same.
        guard unsafe access(server.privateKey, R_OK) == 0 else {
            throw SFTPError(.badPrivateKey, server.name, unsafe String(cString: strerror(errno)))
        }
        // Without a path for the public key libssh2 derives it.
        let code = unsafe libssh2_userauth_publickey_fromfile_ex(
            handle, server.user, UInt32(server.user.utf8.count), nil, server.privateKey, "")
        switch code {
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
            throw SFTPError(.authenticationRefused, server.name, "user \(server.user): \(reason())")
        case LIBSSH2_ERROR_FILE, LIBSSH2_ERROR_METHOD_NONE, LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
            throw SFTPError(.badPrivateKey, server.name, reason())
        default: try check(code, server.name)
        }
    }

    /// The SFTP channel, opened at its first use.
    func sftp() throws(SFTPError) -> OpaquePointer {
        if let channel = unsafe channel { return unsafe channel }
        guard let channel = unsafe libssh2_sftp_init(handle) else {
            let code = unsafe libssh2_session_last_errno(handle)
            switch code {
            case LIBSSH2_ERROR_CHANNEL_FAILURE, LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, LIBSSH2_ERROR_SFTP_PROTOCOL,
                LIBSSH2_ERROR_CHANNEL_CLOSED:
                throw SFTPError(.noSFTP, server.name, reason())
            case LIBSSH2_ERROR_TIMEOUT where !slot.isInterrupted:
                throw SFTPError(.noSFTP, server.name, "the command behind the login did not begin it in time")
            default: throw failure(code, server.name)
            }
        }
        unsafe self.channel = channel
        return unsafe channel
    }

    /// Ends the session in good order; the server sees that nothing is missing.
    func close() {
        if let channel = unsafe channel { unsafe libssh2_sftp_shutdown(channel) }
        unsafe channel = nil
        unsafe libssh2_session_disconnect_ex(handle, SSH_DISCONNECT_BY_APPLICATION, "done", "")
    }

    // MARK: Errors

    /// Turns a negative code into an error about `subject`.
    func check(_ code: Int32, _ subject: String) throws(SFTPError) {
        guard code >= 0 else { throw failure(code, subject) }
    }

    func failure(_ code: Int32, _ subject: String) -> SFTPError {
        if slot.isInterrupted { return SFTPError(.cancelled, subject, "its task was cancelled") }
        let reason = reason()
        return switch code {
        case LIBSSH2_ERROR_SFTP_PROTOCOL: statusFailure(subject, reason)
        case LIBSSH2_ERROR_TIMEOUT, LIBSSH2_ERROR_SOCKET_TIMEOUT:
            SFTPError(.timedOut, subject, "nothing within \(server.stepTimeout)")
        case LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_BANNER_SEND, LIBSSH2_ERROR_KEX_FAILURE,
            LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, LIBSSH2_ERROR_METHOD_NOT_SUPPORTED, LIBSSH2_ERROR_HOSTKEY_INIT,
            LIBSSH2_ERROR_HOSTKEY_SIGN:
            SFTPError(.handshakeFailed, subject, reason)
        case LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_RECV,
            LIBSSH2_ERROR_SOCKET_NONE, LIBSSH2_ERROR_BAD_SOCKET, LIBSSH2_ERROR_CHANNEL_CLOSED,
            LIBSSH2_ERROR_CHANNEL_EOF_SENT, LIBSSH2_ERROR_INVALID_MAC:
            SFTPError(.connectionLost, subject, reason)
        default: SFTPError(.unusable, subject, "\(reason) (\(code))")
        }
    }

    /// The server's answer to the last SFTP operation.
    private func statusFailure(_ subject: String, _ reason: String) -> SFTPError {
        guard let channel = unsafe channel else { return SFTPError(.unusable, subject, reason) }
        let status = unsafe libssh2_sftp_last_error(channel)
        return switch UInt(status) {
        case LIBSSH2_FX_NO_SUCH_FILE, LIBSSH2_FX_NO_SUCH_PATH:
            SFTPError(.noSuchFile, subject, "no such file or directory")
        case LIBSSH2_FX_PERMISSION_DENIED, LIBSSH2_FX_WRITE_PROTECT:
            SFTPError(.permissionDenied, subject, "permission denied")
        case LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM, LIBSSH2_FX_QUOTA_EXCEEDED:
            SFTPError(.diskFull, subject, "no space left or the quota is used up")
        case LIBSSH2_FX_OP_UNSUPPORTED: SFTPError(.unsupported, subject, "it is not supported")
        case LIBSSH2_FX_NO_CONNECTION, LIBSSH2_FX_CONNECTION_LOST:
            SFTPError(.connectionLost, subject, "the server lost it")
        default: SFTPError(.refused, subject, "status \(status)")
        }
    }

    /// libssh2's own words about the last failure.
    private func reason() -> String {
        var text: UnsafeMutablePointer<CChar>?
        let code = unsafe libssh2_session_last_error(handle, &text, nil, 0)
        guard let text = unsafe text else { return "code \(code)" }
        let words = unsafe String(cString: text).unicodeScalars.prefix(200)
        return String(String.UnicodeScalarView(words.filter { $0.properties.generalCategory != .control }))
    }
}
