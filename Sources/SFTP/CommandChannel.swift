internal import CLibSSH2
import Glibc

/// Owns one `LIBSSH2_CHANNEL *` on which the server runs a command, and keeps its session.
@safe final class CommandChannel {
    private let handle: OpaquePointer
    private let session: Session
    private let command: String
    private var unread: ArraySlice<UInt8> = []

    init(_ session: Session, running command: String) throws(SFTPError) {
        let kind = "session"
        // The window and packet sizes are libssh2's own defaults for `libssh2_channel_open_session`.
        guard
            let handle = unsafe libssh2_channel_open_ex(
                session.handle, kind, UInt32(kind.utf8.count), UInt32(2 << 20), 32768, nil, 0)
        else { throw session.failure(unsafe libssh2_session_last_errno(session.handle), session.server.name) }
        unsafe self.handle = handle
        self.session = session
        self.command = command
        let request = "exec"
        let code = unsafe libssh2_channel_process_startup(
            handle, request, UInt32(request.utf8.count), command, UInt32(command.utf8.count))
        guard code == 0 else {
            throw code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED
                ? SFTPError(.noSFTP, session.server.name, "it does not run the command")
                : session.failure(code, session.server.name)
        }
    }

    deinit { unsafe libssh2_channel_free(handle) }

    func write(_ bytes: [UInt8]) throws(SFTPError) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe libssh2_channel_write_ex(
                    handle, 0, buffer.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self),
                    buffer.count - start)
            }
            guard count >= 0 else { throw session.failure(Int32(count), session.server.name) }
            start += count
        }
    }

    /// Up to `count` bytes of what the command writes; an empty answer is its end.
    func read(upTo count: Int) throws(SFTPError) -> ArraySlice<UInt8> {
        if unread.isEmpty {
            var code = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
                code = unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
                    unsafe libssh2_channel_read_ex(handle, 0, buffer.baseAddress, buffer.count)
                }
                filled = max(0, code)
            }
            guard code >= 0 else { throw session.failure(Int32(code), session.server.name) }
            unread = bytes[...]
        }
        let bytes = unread.prefix(count)
        unread = unread.dropFirst(bytes.count)
        return bytes
    }

    /// Says that no more input comes, and waits for the command's end.
    /// - Returns: its exit status.
    func finish() throws(SFTPError) -> Int {
        try session.check(unsafe libssh2_channel_send_eof(handle), session.server.name)
        while try !read(upTo: 64 << 10).isEmpty {}
        try session.check(unsafe libssh2_channel_close(handle), session.server.name)
        try session.check(unsafe libssh2_channel_wait_closed(handle), session.server.name)
        return unsafe Int(libssh2_channel_get_exit_status(handle))
    }
}
