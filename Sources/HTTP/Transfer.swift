internal import CCurl
import Glibc

/// A request handed to the loop's thread and the caller who waits for its end.
struct Job: Sendable {
    let id: UInt64
    let request: HTTPRequest
    /// The content of the request's certificate file.
    let certificates: [UInt8]?
    let answer: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>
}

/// Owns one `CURL *` with all that libcurl keeps pointers to. Lives on the loop's thread only.
@safe final class Transfer {
    let job: Job
    let easy: UnsafeMutableRawPointer
    var headerList: UnsafeMutablePointer<curl_slist>?
    var destinationList: UnsafeMutablePointer<curl_slist>?
    let reason: UnsafeMutablePointer<CChar>

    private let start = ContinuousClock.now

    private var fields = HTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    /// Set by a callback that stops the transfer.
    private var overflow: String?
    /// Why the last address was refused that was tried.
    private var refusal: String?

    /// Bytes of all header lines of one answer; servers send a few KiB, and browsers accept about this much.
    private static let headerLimit = 256 << 10

    /// - Throws: `HTTPError` when libcurl has no memory or refuses an option.
    init(_ job: Job, userAgent: String, proxy: HTTPProxy?) throws(HTTPError) {
        guard let easy = unsafe curl_easy_init() else {
            throw HTTPError(.unusable, job.request.address.description, "no memory")
        }
        self.job = job
        unsafe self.easy = easy
        unsafe reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try secure()
        try limit()
        try addHeaders(userAgent: userAgent)
        try addBody()
        try use(proxy)
        try logIn()
        // The loop keeps the transfer as long as libcurl has the handle.
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, this))
        try unsafe check(gathering_curl_set_writer(easy, CURLOPT_WRITEFUNCTION, receiveBody))
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_WRITEDATA, this))
        try unsafe check(gathering_curl_set_writer(easy, CURLOPT_HEADERFUNCTION, receiveHeader))
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_HEADERDATA, this))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
        unsafe curl_slist_free_all(destinationList)
        unsafe reason.deallocate()
    }

    /// Takes a piece of the content; fewer bytes than given stop the transfer.
    fileprivate func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= job.request.responseLimit - body.count else {
            overflow = "more than \(job.request.responseLimit) bytes"
            return -1
        }
        unsafe body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Takes one header line, the status line and the empty one at the end included.
    fileprivate func appendHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            overflow = "more than \(Self.headerLimit) bytes of headers"
            return -1
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A further answer after an interim one.
            fields = HTTPHeaders()
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            fields.add(String(line[..<colon]), Self.trim(line[line.utf8.index(after: colon)...]))
        }
        return bytes.count
    }

    /// Whether a connection may be made to an address.
    func permits(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
        guard let addressRefusal = job.request.addressRefusal else { return true }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        refusal = code == 0 ? addressRefusal(String(decoding: bytes, as: UTF8.self)) : "its address cannot be read"
        return refusal == nil
    }

    private static func trim(_ text: Substring) -> String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0D, 0x0A]
        var bytes = text.utf8
        while let first = bytes.first, blanks.contains(first) { bytes.removeFirst() }
        while let last = bytes.last, blanks.contains(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }

    /// What the caller gets, once libcurl has finished with `code`.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        guard code == CURLE_OK else {
            if code == CURLE_COULDNT_CONNECT, let refusal {
                return .failure(HTTPError(.notPermitted, job.request.address.description, refusal))
            }
            let text = unsafe String(cString: reason)
            return .failure(
                HTTPError(
                    code, subject: job.request.address.description,
                    facts: HTTPError.Facts(
                        reason: text.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : text,
                        overflow: overflow, limit: job.request.responseLimit,
                        verification: number(CURLINFO_SSL_VERIFYRESULT),
                        proxyStatus: number(CURLINFO_HTTP_CONNECTCODE),
                        isConnected: size(CURLINFO_PRETRANSFER_TIME_T) > 0,
                        elapsed: ContinuousClock.now - start, timeouts: job.request.timeouts)))
        }
        let versions = [
            Int(CURL_HTTP_VERSION_1_0): "1.0", Int(CURL_HTTP_VERSION_1_1): "1.1",
            Int(CURL_HTTP_VERSION_2_0): "2", Int(CURL_HTTP_VERSION_3): "3",
        ]
        return .success(
            HTTPResponse(
                status: number(CURLINFO_RESPONSE_CODE), headers: fields, body: body, address: job.request.address,
                version: versions[number(CURLINFO_HTTP_VERSION)] ?? "",
                usedOpenConnection: number(CURLINFO_NUM_CONNECTS) == 0,
                certificates: job.request.asksForCertificates ? certificates() : []))
    }

    private func certificates() -> [String] {
        var texts: [String] = []
        while let text = unsafe gathering_curl_get_certificate(easy, Int32(texts.count)) {
            texts.append(unsafe String(cString: text))
        }
        return texts
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe gathering_curl_get_number(easy, info, &value) == CURLE_OK ? value : 0
    }

    private func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return unsafe gathering_curl_get_size(easy, info, &value) == CURLE_OK ? Int(value) : 0
    }
}

/// `CURLOPT_WRITEFUNCTION`. Any other answer than the number of bytes ends the transfer with `CURLE_WRITE_ERROR`.
private func receiveBody(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer else { return -1 }
    return unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
        .append(UnsafeRawBufferPointer(start: data, count: size * count))
}

/// `CURLOPT_HEADERFUNCTION`, which gets whole lines.
private func receiveHeader(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer else { return -1 }
    return unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
        .appendHeader(UnsafeRawBufferPointer(start: data, count: size * count))
}
