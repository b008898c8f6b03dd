internal import CCurl
import Glibc

extension Transfer {
    /// What keeps the exchange private and with the right peer. Each option is set though some are libcurl's default.
    func secure() throws(HTTPError) {
        let protocols = job.request.transport == .plainAllowed ? "https,http" : "https"
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_PROTOCOLS_STR, protocols)
        try set(CURLOPT_REDIR_PROTOCOLS_STR, protocols)
        // The client follows itself, because libcurl would carry other credentials than `Authorization` along.
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        // What is signed is what is sent.
        try set(CURLOPT_PATH_AS_IS, 1)
        try unsafe check(gathering_curl_set_socket_opener(easy, openSocket))
        switch job.request.trust {
        case .system(let pin):
            if let pin { try set(CURLOPT_PINNEDPUBLICKEY, pin) }
        case .certificate(_, let pin):
            // Both defaults name the system's authorities. The content goes in rather than the path because libcurl
            // remembers for a day what a path held.
            try set(CURLOPT_CAINFO, nil)
            try set(CURLOPT_CAPATH, nil)
            try setCertificates()
            if let pin { try set(CURLOPT_PINNEDPUBLICKEY, pin) }
        case .publicKey(let pins):
            // The key is all that counts; the host's name is checked as well, and that there is a certificate at all.
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_PINNEDPUBLICKEY, pins)
        case .anybody:
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    private func setCertificates() throws(HTTPError) {
        var certificates = job.certificates ?? []
        let code = unsafe certificates.withUnsafeMutableBytes { buffer in
            var blob = unsafe curl_blob(data: buffer.baseAddress, len: buffer.count, flags: UInt32(CURL_BLOB_COPY))
            return unsafe gathering_curl_set_pointer(easy, CURLOPT_CAINFO_BLOB, &blob)
        }
        try check(code)
    }

    /// Address, limits and how connections are used.
    func limit() throws(HTTPError) {
        let request = job.request
        try set(CURLOPT_URL, request.address.text)
        if let destination = request.destination {
            let host = destination.host.contains(":") ? "[\(destination.host)]" : destination.host
            unsafe destinationList = curl_slist_append(nil, "::\(host):\(destination.port)")
            try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_CONNECT_TO, destinationList))
        }
        if request.asksForCertificates {
            // They are told of the handshake that a transfer made itself.
            try set(CURLOPT_CERTINFO, 1)
            try set(CURLOPT_FRESH_CONNECT, 1)
        }
        // Signals and threads do not go together; the thread blocks SIGPIPE.
        try set(CURLOPT_NOSIGNAL, 1)
        // A name look-up in its own thread is left behind when its transfer ends, not waited for.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.wholeMilliseconds)
        try set(CURLOPT_TIMEOUT_MS, request.timeouts.total.wholeMilliseconds)
        // libcurl looks at the speed once a second, which a request that waits for long should not be woken for.
        if request.timeouts.stall < request.timeouts.total {
            try set(CURLOPT_LOW_SPEED_LIMIT, 1)
            try set(CURLOPT_LOW_SPEED_TIME, (request.timeouts.stall.wholeMilliseconds + 999) / 1000)
        }
        try unsafe check(gathering_curl_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(request.responseLimit)))
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        // Rather one HTTP/2 connection for many requests than many connections. TLS settles which it is during its
        // handshake; without TLS the others would wait for the whole first answer.
        try set(CURLOPT_PIPEWAIT, request.address.scheme == "https" ? 1 : 0)
        // All that libcurl can decompress.
        try set(CURLOPT_ACCEPT_ENCODING, "")
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason))
    }

    func addHeaders(userAgent: String) throws(HTTPError) {
        var headers = job.request.headers
        try set(CURLOPT_USERAGENT, headers["User-Agent"] ?? userAgent)
        headers["User-Agent"] = nil
        var lines: [String] = []
        // Neither the guess of a type nor the wait for a "100 Continue" that libcurl adds.
        if headers["Content-Type"] == nil { lines.append("Content-Type:") }
        if headers["Expect"] == nil { lines.append("Expect:") }
        // libcurl takes "Name:" for "leave out" and "Name;" for an empty value.
        lines += headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = unsafe curl_slist_append(headerList, line) else { throw failure("no memory") }
            unsafe headerList = longer
        }
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList))
    }

    func addBody() throws(HTTPError) {
        let request = job.request
        switch (request.method, request.body) {
        case (.get, nil): return try set(CURLOPT_HTTPGET, 1)
        case (.head, _): return try set(CURLOPT_NOBODY, 1)
        case (.delete, nil), (.options, nil): return try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        default: break
        }
        let body = request.body ?? []
        try set(CURLOPT_POST, 1)
        try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        try unsafe check(gathering_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        let code = unsafe body.withUnsafeBytes { buffer in
            // No address would mean "read from standard input".
            unsafe gathering_curl_set_pointer(
                easy, CURLOPT_COPYPOSTFIELDS, buffer.baseAddress ?? UnsafeRawPointer(reason))
        }
        try check(code)
    }

    func logIn() throws(HTTPError) {
        guard let login = job.request.login else { return }
        // CURLAUTH_BASIC and CURLAUTH_NTLM, macros that Swift does not see.
        try set(CURLOPT_HTTPAUTH, 1 << 0 | 1 << 3)
        try set(CURLOPT_USERNAME, login.user)
        try set(CURLOPT_PASSWORD, login.password)
        // NTLM logs in a connection, not a request.
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    }

    func use(_ proxy: HTTPProxy?) throws(HTTPError) {
        // An empty text keeps libcurl from asking the environment.
        try set(CURLOPT_PROXY, proxy?.address.text ?? "")
        try set(CURLOPT_NOPROXY, proxy?.bypass.joined(separator: ",") ?? "")
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        guard let (user, password) = proxy?.credentials else { return }
        try set(CURLOPT_PROXYUSERNAME, user)
        try set(CURLOPT_PROXYPASSWORD, password)
    }

    private func set(_ option: CURLoption, _ number: Int) throws(HTTPError) {
        try unsafe check(gathering_curl_set_number(easy, option, number))
    }

    private func set(_ option: CURLoption, _ text: String?) throws(HTTPError) {
        try unsafe check(gathering_curl_set_text(easy, option, text))
    }

    func check(_ code: CURLcode) throws(HTTPError) {
        guard code == CURLE_OK else { throw failure(unsafe String(cString: curl_easy_strerror(code))) }
    }

    private func failure(_ cause: String) -> HTTPError {
        HTTPError(.unusable, job.request.address.description, cause)
    }
}

/// `CURLOPT_OPENSOCKETFUNCTION`: a program started meanwhile must not inherit the connection, and not every address may be
/// connected to.
private func openSocket(
    _ transfer: UnsafeMutableRawPointer?, _: curlsocktype, _ pointer: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let transfer = unsafe transfer, let pointer = unsafe pointer else { return -1 }
    // libcurl gives room for any address behind the fields, of which `addr` is the first.
    let place = unsafe UnsafeRawPointer(pointer) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
    let isPermitted = unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
        .permits(place.assumingMemoryBound(to: sockaddr.self), pointer.pointee.addrlen)
    guard isPermitted else { return -1 }
    let address = unsafe pointer.pointee
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
}

extension Duration {
    /// At least 1: libcurl takes 0 for "no limit".
    var wholeMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
