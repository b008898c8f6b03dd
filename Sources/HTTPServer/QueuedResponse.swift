internal import CMicroHTTPD

/// Hands the answer to libmicrohttpd; one that it refuses becomes a plain 500.
@unsafe func queue(
    _ response: HTTPServerResponse, on connection: OpaquePointer, _ traffic: Traffic
) -> MHD_Result {
    guard let made = unsafe make(response) else {
        traffic.log("the handler's answer has a status or a header that cannot be sent")
        guard let fault = unsafe make(HTTPServerResponse(500, text: "the answer cannot be sent")) else { return .NO }
        defer { unsafe MHD_destroy_response(fault) }
        return unsafe MHD_queue_response(connection, 500, fault)
    }
    defer { unsafe MHD_destroy_response(made) }
    return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}

/// The answer in libmicrohttpd's form, owned by the caller; `nil` when libmicrohttpd refuses it.
@unsafe private func make(_ response: HTTPServerResponse) -> OpaquePointer? {
    guard (200...599).contains(response.status) else { return nil }
    let made = unsafe response.body.withUnsafeBytes { bytes in
        unsafe MHD_create_response_from_buffer(
            bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let made = unsafe made else { return nil }
    for (name, value) in response.headers {
        // A zero byte would end the text early for C; other control characters libmicrohttpd refuses only in part.
        let isClean =
            name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard isClean, unsafe MHD_add_response_header(made, name, value) == .YES else {
            unsafe MHD_destroy_response(made)
            return nil
        }
    }
    return unsafe made
}
