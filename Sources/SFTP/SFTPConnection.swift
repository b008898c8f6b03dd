internal import Blocking
internal import Files

/// One login at an SSH server for transferring files. Operations run one after the other, on a thread that may block.
///
/// Cancelling a task during an operation breaks the connection, since a half-sent request cannot be taken back; further
/// operations then fail. Relative paths begin at the directory the server puts the login into.
package actor SFTPConnection {
    private let server: SFTPServer
    private let executor: QueueExecutor
    private let slot = TCPSocket.Slot()
    private var session: Session?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private init(_ server: SFTPServer) {
        self.server = server
        executor = QueueExecutor("sftp")
    }

    /// Connects, checks the host key against the pinned ones and logs in.
    package static func connect(_ server: SFTPServer) async throws(SFTPError) -> SFTPConnection {
        let connection = SFTPConnection(server)
        try await connection.open()
        return connection
    }

    private func open() async throws(SFTPError) {
        session = try await interruptible { () throws(SFTPError) in try Session(server, slot: slot) }
    }

    /// Logs out. Not calling it leaves the server to find out that the connection is gone.
    package func close() {
        session?.close()
        session = nil
    }

    /// Stores a local file under `path`: first as `path.part`, which is renamed once all of it is on the server's disk.
    ///
    /// A `path.part` left by an earlier attempt is continued, so that name must stand for that content alone; a longer
    /// one is begun anew.
    ///
    /// - Parameter progress: Gets the number of bytes at the server after each piece.
    package func upload(
        _ localPath: String, to path: String, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(SFTPError) {
        try await perform { (session) throws(SFTPError) in
            let local = try localFile { () throws(FileError) in try Descriptor(localPath, .read) }
            let size = try localFile { () throws(FileError) in try local.inspect().size }
            let part = "\(path).part"
            let present = try session.status(part)?.size ?? 0
            let offset = present <= size ? present : 0
            if offset > 0 { progress(offset) }
            try session.write(local, from: offset, to: part) { (position) throws(SFTPError) in
                progress(position)
                guard !slot.isInterrupted else { throw SFTPError(.cancelled, path, "its task was cancelled") }
            }
            try session.rename(part, to: path)
        }
    }

    /// The status of what is there, links not followed; `nil` where there is nothing.
    package func status(_ path: String) async throws(SFTPError) -> RemoteStatus? {
        try await perform { (session) throws(SFTPError) in try session.status(path) }
    }

    /// Makes the directory and those above it; no error where it exists.
    package func makeDirectory(_ path: String) async throws(SFTPError) {
        try await perform { (session) throws(SFTPError) in try session.makeDirectory(path) }
    }

    /// The entries of a directory, sorted by the bytes of their names, without `.` and `..`.
    package func list(_ path: String) async throws(SFTPError) -> [(name: String, status: RemoteStatus)] {
        try await perform { (session) throws(SFTPError) in try session.list(path) }
    }

    /// Removes a file; no error where there is none.
    package func remove(_ path: String) async throws(SFTPError) {
        try await perform { (session) throws(SFTPError) in try session.remove(path) }
    }

    /// Renames a file over what may be there under the new name.
    package func rename(_ path: String, to destination: String) async throws(SFTPError) {
        try await perform { (session) throws(SFTPError) in try session.rename(path, to: destination) }
    }

    func perform<Value: Sendable>(
        _ operation: (Session) throws(SFTPError) -> Value
    ) async throws(SFTPError) -> Value {
        guard let session else { throw SFTPError(.connectionLost, server.name, "it was closed") }
        return try await interruptible { () throws(SFTPError) in try operation(session) }
    }

    /// Runs blocking work that ends early when the task is cancelled.
    private func interruptible<Value>(
        _ work: () throws(SFTPError) -> Value
    ) async throws(SFTPError) -> Value {
        guard !Task.isCancelled else { throw SFTPError(.cancelled, server.name, "its task was cancelled") }
        let result = await withTaskCancellationHandler {
            do throws(SFTPError) {
                return Result<Value, SFTPError>.success(try work())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            slot.interrupt()
        }
        return try result.get()
    }
}
