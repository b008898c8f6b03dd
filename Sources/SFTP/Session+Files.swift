internal import CLibSSH2
internal import Files
import Glibc

/// What is at the server under a name.
package struct RemoteStatus: Sendable, Equatable {
    package enum Kind: Sendable { case file, directory, link, other }

    package let kind: Kind
    package let size: Int

    package init(kind: Kind, size: Int) {
        self.kind = kind
        self.size = size
    }
}

extension Session {
    /// The status of what is there, links not followed; `nil` where there is nothing.
    func status(_ path: String) throws(SFTPError) -> RemoteStatus? {
        var attributes = LIBSSH2_SFTP_ATTRIBUTES()
        let code = unsafe libssh2_sftp_stat_ex(
            try sftp(), path, UInt32(path.utf8.count), LIBSSH2_SFTP_LSTAT, &attributes)
        guard code == 0 else {
            let error = failure(code, path)
            if error.code == .noSuchFile { return nil }
            throw error
        }
        return RemoteStatus(attributes)
    }

    /// Makes the directory and those above it; no error where it exists.
    func makeDirectory(_ path: String) throws(SFTPError) {
        func make() throws(SFTPError) {
            try check(unsafe libssh2_sftp_mkdir_ex(try sftp(), path, UInt32(path.utf8.count), 0o700), path)
        }
        do throws(SFTPError) {
            try make()
        } catch {
            // OpenSSH answers "failure" where the directory is there, and "no such file" where the one above is not.
            switch error.code {
            case .noSuchFile:
                guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw error }
                try makeDirectory(String(path[..<slash]))
                try make()
            case .refused, .permissionDenied:
                guard try status(path)?.kind == .directory else { throw error }
            default: throw error
            }
        }
    }

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    func list(_ path: String) throws(SFTPError) -> [(name: String, status: RemoteStatus)] {
        let directory = try RemoteHandle(self, path, flags: 0, kind: LIBSSH2_SFTP_OPENDIR)
        var entries: [(name: String, status: RemoteStatus)] = []
        // Longer than any file system's names.
        var name = [CChar](repeating: 0, count: 4096)
        while true {
            var attributes = LIBSSH2_SFTP_ATTRIBUTES()
            let count = unsafe libssh2_sftp_readdir_ex(
                directory.handle, &name, name.count, nil, 0, &attributes)
            try check(count, path)
            if count == 0 { return entries.sorted { Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) } }
            let text = String(decoding: name.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            if text != "." && text != ".." { entries.append((text, RemoteStatus(attributes))) }
        }
    }

    /// Removes a file; no error where there is none.
    func remove(_ path: String) throws(SFTPError) {
        do throws(SFTPError) {
            try check(unsafe libssh2_sftp_unlink_ex(try sftp(), path, UInt32(path.utf8.count)), path)
        } catch  where error.code == .noSuchFile {}
    }

    /// Renames a file over what may be there under the new name.
    ///
    /// Version 3 of the protocol does not rename over an existing file, and libssh2 1.10 does not know OpenSSH's
    /// extension that does: then the old file is removed first.
    func rename(_ path: String, to destination: String) throws(SFTPError) {
        func rename() throws(SFTPError) {
            let flags = LIBSSH2_SFTP_RENAME_OVERWRITE | LIBSSH2_SFTP_RENAME_ATOMIC | LIBSSH2_SFTP_RENAME_NATIVE
            let code = unsafe libssh2_sftp_rename_ex(
                try sftp(), path, UInt32(path.utf8.count), destination, UInt32(destination.utf8.count), Int(flags))
            try check(code, path)
        }
        do throws(SFTPError) {
            try rename()
        } catch  where error.code == .refused {
            guard try status(destination)?.kind == .file, try status(path) != nil else { throw error }
            try remove(destination)
            try rename()
        }
    }

    /// Writes a local file to the server, beginning at `offset`, and has the server put it on its disk.
    ///
    /// - Parameter progress: Gets the number of bytes at the server; what it throws ends the transfer.
    func write(
        _ local: borrowing Descriptor, from offset: Int, to path: String,
        progress: (Int) throws(SFTPError) -> Void
    ) throws(SFTPError) {
        let flags = LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | (offset == 0 ? LIBSSH2_FXF_TRUNC : 0)
        let remote = try RemoteHandle(self, path, flags: flags, kind: LIBSSH2_SFTP_OPENFILE)
        unsafe libssh2_sftp_seek64(remote.handle, libssh2_uint64_t(offset))
        var position = offset
        try localFile { () throws(FileError) in try local.seek(to: offset) }
        while true {
            // libssh2 cuts it into packets that are under way together.
            let piece = try localFile { () throws(FileError) in try local.read(upTo: 512 << 10) }
            if piece.isEmpty { break }
            var start = 0
            while start < piece.count {
                let count = unsafe piece.withUnsafeBytes { buffer in
                    unsafe libssh2_sftp_write(
                        remote.handle, buffer.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self),
                        buffer.count - start)
                }
                guard count >= 0 else { throw storing(failure(Int32(count), path), path) }
                start += count
            }
            position += piece.count
            try progress(position)
        }
        let code = unsafe libssh2_sftp_fsync(remote.handle)
        // A server that cannot be asked to synchronise is no reason not to deliver: its receipt counts.
        if code != 0, case let error = failure(code, path), error.code != .unsupported { throw storing(error, path) }
        try remote.close()
    }

    /// Servers of protocol version 3 have no number for a full disk; the file system's figures tell. Where they cannot be
    /// had, the error stays what it was.
    private func storing(_ error: SFTPError, _ path: String) -> SFTPError {
        guard error.code == .refused, let channel = unsafe try? sftp() else { return error }
        var figures = _LIBSSH2_SFTP_STATVFS()
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard unsafe libssh2_sftp_statvfs(channel, directory, directory.utf8.count, &figures) == 0 else { return error }
        return figures.f_bavail * figures.f_frsize < 1 << 20 || figures.f_favail == 0
            ? SFTPError(.diskFull, path, "no space is left on its disk") : error
    }
}

/// Owns one `LIBSSH2_SFTP_HANDLE *` and keeps its session.
@safe final class RemoteHandle {
    let handle: OpaquePointer
    private let session: Session
    private let path: String
    private var isOpen = true

    init(_ session: Session, _ path: String, flags: Int32, kind: Int32) throws(SFTPError) {
        guard
            let handle = unsafe libssh2_sftp_open_ex(
                try session.sftp(), path, UInt32(path.utf8.count), UInt(flags), 0o600, kind)
        else { throw session.failure(unsafe libssh2_session_last_errno(session.handle), path) }
        unsafe self.handle = handle
        self.session = session
        self.path = path
    }

    deinit { if isOpen { unsafe libssh2_sftp_close_handle(handle) } }

    /// Reports what `deinit` cannot: some servers say only here that they could not store everything.
    func close() throws(SFTPError) {
        isOpen = false
        try session.check(unsafe libssh2_sftp_close_handle(handle), path)
    }
}

extension RemoteStatus {
    fileprivate init(_ attributes: LIBSSH2_SFTP_ATTRIBUTES) {
        kind =
            switch UInt32(truncatingIfNeeded: attributes.permissions) & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        size = Int(clamping: attributes.filesize)
    }
}

/// Tells a fault of this machine's files from those of the transfer.
func localFile<Value: ~Copyable>(_ work: () throws(FileError) -> Value) throws(SFTPError) -> Value {
    do throws(FileError) {
        return try work()
    } catch {
        throw SFTPError(.localFile, error.path, error.reason)
    }
}
