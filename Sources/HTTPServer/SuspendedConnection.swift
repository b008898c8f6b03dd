internal import CMicroHTTPD

/// A connection inside one of libmicrohttpd's calls, whose thread nothing else happens on.
@safe struct SuspendableConnection {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Nothing is read, written or timed on the connection until it is resumed.
    func suspend() -> SuspendedConnection {
        unsafe MHD_suspend_connection(pointer)
        return unsafe SuspendedConnection(pointer)
    }
}

/// A connection that libmicrohttpd neither touches nor frees until it is resumed.
///
/// `@unchecked Sendable`: `MHD_resume_connection` may be called from any thread.
@safe struct SuspendedConnection: @unchecked Sendable {
    private let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// To be called exactly once; the connection may be gone when it returns.
    func resume() { unsafe MHD_resume_connection(pointer) }
}
