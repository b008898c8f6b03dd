internal import CMicroHTTPD
import Glibc

// What libmicrohttpd calls, on its own threads. The context is the traffic that the daemon holds.

@unsafe private func traffic(_ context: UnsafeMutableRawPointer) -> Traffic {
    unsafe Unmanaged<Traffic>.fromOpaque(context).takeUnretainedValue()
}

/// `MHD_LogCallback`.
func logWords(
    _ context: UnsafeMutableRawPointer?, _ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?
) {
    guard let context = unsafe context, let format = unsafe format, let arguments = unsafe arguments else { return }
    var line = [CChar](repeating: 0, count: 256)
    unsafe vsnprintf(&line, line.count, format, arguments)
    // One line: what libmicrohttpd quotes are its own pages of HTML.
    let bytes = line.prefix { $0 >= 0x20 || $0 < 0 }.map { UInt8(bitPattern: $0) }
    unsafe traffic(context).log(String(decoding: bytes, as: UTF8.self))
}

/// `MHD_OPTION_URI_LOG_CALLBACK`: the first line of a request is there, not yet decoded. The answer is the request's
/// context, a reference that `endRequest` takes back; once this was called, that will be.
func beginRequest(
    _ context: UnsafeMutableRawPointer, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer
) -> UnsafeMutableRawPointer {
    let text = unsafe target.map {
        unsafe UnsafeBufferPointer(start: $0, count: strlen($0)).map { UInt8(bitPattern: $0) }
    }
    let exchange = unsafe Exchange(
        traffic(context), descriptor: gathering_mhd_descriptor(connection), target: text.flatMap { RequestTarget($0) })
    return unsafe Unmanaged.passRetained(exchange).toOpaque()
}

/// `MHD_RequestCompletedCallback`.
func endRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
    guard let own = unsafe request?.pointee else { return }
    unsafe request?.pointee = nil
    unsafe Unmanaged<Exchange>.fromOpaque(own).takeRetainedValue().end()
}

/// `MHD_AccessHandlerCallback`: once for the head, for each piece of the content, for its end, and after a suspension.
func handleRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ content: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let method = unsafe method,
        let size = unsafe size, let own = unsafe request?.pointee
    else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(own).takeUnretainedValue()
    let step: Exchange.Step
    if !exchange.hasHead {
        step = unsafe exchange.take(RequestHead(method: String(cString: method), fields: fields(of: connection)))
    } else if unsafe size.pointee > 0 {
        step = unsafe exchange.take(UnsafeRawBufferPointer(start: content, count: size.pointee))
        unsafe size.pointee = 0
    } else {
        step = unsafe exchange.proceed(SuspendableConnection(connection))
    }
    switch step {
    case .goOn: return .YES
    case .close: return .NO
    case .answer(let response):
        unsafe traffic(context).willSend(response.body.count, on: exchange.descriptor)
        return unsafe queue(response, on: connection, traffic(context))
    }
}

/// `MHD_NotifyConnectionCallback`.
func noteConnection(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ own: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ event: MHD_ConnectionNotificationCode
) {
    guard event == .CONNECTION_NOTIFY_CLOSED, let context = unsafe context, let connection = unsafe connection
    else { return }
    unsafe traffic(context).closed(gathering_mhd_descriptor(connection))
}

/// All header fields; libmicrohttpd has them in the order of their arrival.
@unsafe private func fields(of connection: OpaquePointer) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    unsafe withUnsafeMutablePointer(to: &fields) { fields in
        _ = unsafe MHD_get_connection_values_n(
            connection, .HEADER_KIND,
            { fields, _, name, nameSize, value, valueSize in
                let name = unsafe String(decoding: UnsafeRawBufferPointer(start: name, count: nameSize), as: UTF8.self)
                let value = unsafe String(
                    decoding: UnsafeRawBufferPointer(start: value, count: valueSize), as: UTF8.self)
                unsafe fields?.assumingMemoryBound(to: [(name: String, value: String)].self)
                    .pointee.append((name.lowercased(), value))
                return .YES
            }, fields)
    }
    return fields
}
