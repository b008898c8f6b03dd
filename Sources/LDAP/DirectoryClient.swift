import Blocking
internal import CCurl
import Glibc

/// Asks a directory (RFC 4511) by searches below one place of it.
package struct DirectoryClient: Sendable {
    /// `ldaps://host`, or `ldap://host:port` without TLS. There is no StartTLS: libcurl 7.88.1 asks for it, and sends the password
    /// in plain once the directory has agreed.
    private let server: String
    private let login: (user: String, password: String)?
    private let authorityFile: String?
    /// For each search.
    package var timeout: Duration

    /// - Parameters:
    ///   - login: the name of an entry, and its password, for a simple bind.
    ///   - authorityFile: a PEM file with the authorities to trust; the system's where there is none.
    ///   - timeout: for each search.
    package init(
        _ server: String, login: (user: String, password: String)? = nil,
        authorityFile: String? = nil, timeout: Duration = .seconds(60)
    ) {
        self.server = server
        self.login = login
        self.authorityFile = authorityFile
        self.timeout = timeout
    }

    /// All entries below a place that a filter fits.
    /// - Throws: `DirectoryError`; `CancellationError` when the task was cancelled.
    package func search(below root: String, _ filter: String, attributes: [String]) async throws -> [DirectoryEntry] {
        let parts = [root, attributes.map(Self.encoded).joined(separator: ","), "sub", filter]
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        let address = "\(base)/\(Self.encoded(parts[0]))?\(parts[1])?\(parts[2])?\(Self.encoded(parts[3]))"
        let (login, authorityFile, timeout) = (login, authorityFile, timeout)
        let content = try await blocking { _ in
            let search = try Search(
                address, subject: base, login: login, authorityFile: authorityFile, timeout: timeout
            )
            return try search.perform()
        }
        return DirectoryEntry.read(content)
    }

    /// Host and port of a directory with TLS; `nil` for one without.
    package var secureHost: String? {
        guard server.lowercased().hasPrefix("ldaps://") else { return nil }
        return String(server.dropFirst("ldaps://".count).prefix { $0 != "/" })
    }

    /// The certificates that a directory with TLS shows, in PEM, its own first; nobody logs in.
    /// - Throws: `DirectoryError`; `CancellationError` when the task was cancelled.
    package func certificates() async throws -> [String] {
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        let (authorityFile, timeout) = (authorityFile, timeout)
        return try await blocking { _ in
            let search = try Search(
                "\(base)/?1.1?base", subject: base, login: nil, authorityFile: authorityFile, timeout: timeout)
            return try search.shownCertificates()
        }
    }

    /// As in a URL (RFC 4516 §2.1).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "&"), UInt8(ascii: "|"):
                output.append(byte)
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// One `CURL *` and what it writes to.
@safe private final class Search {
    private let subject: String
    private let easy: UnsafeMutableRawPointer
    private let reason: UnsafeMutablePointer<CChar>
    fileprivate var content: [UInt8] = []

    /// Bytes of an answer: a group of ten thousand members.
    fileprivate static let limit = 16 << 20

    init(
        _ address: String, subject: String, login: (user: String, password: String)?,

        authorityFile: String?, timeout: Duration
    ) throws(DirectoryError) {
        guard let easy = unsafe curl_easy_init() else { throw DirectoryError(.unusable, subject, "no memory") }
        self.subject = subject
        unsafe self.easy = easy
        unsafe reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason))
        try set(CURLOPT_URL, address)
        try set(CURLOPT_PROTOCOLS_STR, "ldap,ldaps")
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TIMEOUT_MS, max(1, Int(timeout.components.seconds) * 1000))
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(timeout.components.seconds) * 500))
        try unsafe check(gathering_curl_set_socket_opener(easy, openSocket))
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let authorityFile {
            try set(CURLOPT_CAPATH, nil)
            try set(CURLOPT_CAINFO, authorityFile)
        }
        if let (user, password) = login {
            try set(CURLOPT_USERNAME, user)
            try set(CURLOPT_PASSWORD, password)
        }
        try unsafe check(gathering_curl_set_writer(easy, CURLOPT_WRITEFUNCTION, write))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe reason.deallocate()
    }

    /// The whole chain, once the connection stands, whatever the directory answers then.
    func shownCertificates() throws(DirectoryError) -> [String] {
        try set(CURLOPT_CERTINFO, 1)
        do throws(DirectoryError) {
            _ = try perform()
        } catch {
            guard [.loginDenied, .refused].contains(error.code) else { throw error }
        }
        var texts: [String] = []
        while let text = unsafe gathering_curl_get_certificate(easy, Int32(texts.count)) {
            texts.append(unsafe String(cString: text))
        }
        return texts
    }

    func perform() throws(DirectoryError) -> [UInt8] {
        // libcurl gives it back to the function for the time of this call only, during which `self` lives.
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque()))
        let code = withExtendedLifetime(self) { unsafe curl_easy_perform(easy) }
        guard code != CURLE_OK else { return content }
        let words = unsafe String(cString: reason)
        let cause = words.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : words
        let ours: DirectoryError.Code =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING,
                CURLE_RECV_ERROR:
                .unreachable
            case CURLE_USE_SSL_FAILED, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR,
                CURLE_SSL_CACERT_BADFILE:
                .insecure
            case CURLE_LOGIN_DENIED: .loginDenied
            // The bind fails for want of a connection, too.
            case CURLE_LDAP_CANNOT_BIND: cause.contains("Can't contact") ? .unreachable : .loginDenied
            default: .refused
            }
        let printable = cause.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : $0 }
        throw DirectoryError(ours, subject, String(String.UnicodeScalarView(printable)))
    }

    private func set(_ option: CURLoption, _ number: Int) throws(DirectoryError) {
        try unsafe check(gathering_curl_set_number(easy, option, number))
    }

    private func set(_ option: CURLoption, _ text: String?) throws(DirectoryError) {
        try unsafe check(gathering_curl_set_text(easy, option, text))
    }

    private func check(_ code: CURLcode) throws(DirectoryError) {
        guard code == CURLE_OK else {
            throw DirectoryError(.unusable, subject, unsafe String(cString: curl_easy_strerror(code)))
        }
    }
}

/// `CURLOPT_WRITEFUNCTION`; fewer bytes than were given end the search.
private func write(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
    let search = unsafe Unmanaged<Search>.fromOpaque(context).takeUnretainedValue()
    guard search.content.count + size * count <= Search.limit else { return 0 }
    unsafe search.content.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

/// `CURLOPT_OPENSOCKETFUNCTION`: a program started meanwhile must not inherit the connection.
private func openSocket(
    _: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address = unsafe address?.pointee else { return -1 }
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
}
