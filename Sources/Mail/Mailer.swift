import Blocking
internal import CCurl
import Glibc
package import Timestamps

/// Hands mails over to a server.
package struct Mailer: Sendable {
    private let server: MailServer
    private let timeout: Duration

    /// - Parameter timeout: for the whole of a mail.
    package init(_ server: MailServer, timeout: Duration = .seconds(60)) {
        self.server = server
        self.timeout = timeout
    }

    /// Returns when the server has taken the mail for each recipient.
    /// - Parameters:
    ///   - identifier: the same for the same mail sent again, so that a reader's program shows it once.
    /// - Throws: `MailError`.
    package func send(_ message: MailMessage, identifier: String, at moment: Timestamp = .now) async throws {
        let (server, timeout) = (server, timeout)
        try await blocking { _ in
            let submission = try Submission(server, timeout: timeout)
            try submission.add(message, headers: message.headers(at: moment, identifier: identifier))
            try submission.perform()
        }
    }
}

/// One `CURL *` with the lists it points to.
@safe private final class Submission {
    private let server: MailServer
    private let easy: UnsafeMutableRawPointer
    private let reason: UnsafeMutablePointer<CChar>
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var content: OpaquePointer?

    init(_ server: MailServer, timeout: Duration) throws(MailError) {
        guard let easy = unsafe curl_easy_init() else { throw MailError(.unusable, server.description, "no memory") }
        self.server = server
        unsafe self.easy = easy
        unsafe reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason))
        let scheme = server.security == .tls ? "smtps" : "smtp"
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        try set(CURLOPT_URL, "\(scheme)://\(host):\(server.port)")
        try set(CURLOPT_PROTOCOLS_STR, scheme)
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TIMEOUT_MS, max(1, Int(timeout.components.seconds) * 1000))
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(timeout.components.seconds) * 500))
        try unsafe check(gathering_curl_set_socket_opener(easy, openSocket))
        try secure()
        guard let (user, password) = server.login else { return }
        try set(CURLOPT_USERNAME, user)
        try set(CURLOPT_PASSWORD, password)
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(recipients)
        unsafe curl_slist_free_all(headers)
        unsafe curl_mime_free(content)
        unsafe reason.deallocate()
    }

    private func secure() throws(MailError) {
        try set(
            CURLOPT_USE_SSL, server.security == .none ? Int(CURLUSESSL_NONE.rawValue) : Int(CURLUSESSL_ALL.rawValue))
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        guard let file = server.authorityFile else { return }
        try set(CURLOPT_CAPATH, nil)
        try set(CURLOPT_CAINFO, file)
    }

    func add(_ message: MailMessage, headers lines: [String]) throws(MailError) {
        try set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
        for recipient in message.recipients {
            unsafe recipients = try longer(recipients, "<\(recipient)>")
        }
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_MAIL_RCPT, recipients))
        for line in lines { unsafe headers = try longer(headers, line) }
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers))
        unsafe content = curl_mime_init(easy)
        guard let part = unsafe curl_mime_addpart(content) else {
            throw MailError(.unusable, server.description, "no memory")
        }
        // Lines of a mail end with both characters (RFC 5322 §2.3).
        let text = message.body.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        try unsafe check(curl_mime_data(part, text, text.utf8.count))
        try unsafe check(curl_mime_type(part, "text/plain; charset=utf-8"))
        try unsafe check(curl_mime_encoder(part, "quoted-printable"))
        try unsafe check(gathering_curl_set_pointer(easy, CURLOPT_MIMEPOST, UnsafeRawPointer(content)))
    }

    func perform() throws(MailError) {
        let code = unsafe curl_easy_perform(easy)
        guard code != CURLE_OK else { return }
        let words = unsafe String(cString: reason)
        let cause = words.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : words
        let ours: MailError.Code =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING,
                CURLE_RECV_ERROR, CURLE_WEIRD_SERVER_REPLY:
                .unreachable
            case CURLE_USE_SSL_FAILED, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR,
                CURLE_SSL_CACERT_BADFILE:
                .insecure
            case CURLE_LOGIN_DENIED: .loginDenied
            default: .refused
            }
        let printable = cause.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : $0 }
        throw MailError(ours, server.description, String(String.UnicodeScalarView(printable)))
    }

    private func longer(
        _ list: UnsafeMutablePointer<curl_slist>?, _ line: String
    ) throws(MailError) -> UnsafeMutablePointer<curl_slist> {
        guard let longer = unsafe curl_slist_append(list, line) else {
            throw MailError(.unusable, server.description, "no memory")
        }
        return unsafe longer
    }

    private func set(_ option: CURLoption, _ number: Int) throws(MailError) {
        try unsafe check(gathering_curl_set_number(easy, option, number))
    }

    private func set(_ option: CURLoption, _ text: String?) throws(MailError) {
        try unsafe check(gathering_curl_set_text(easy, option, text))
    }

    private func check(_ code: CURLcode) throws(MailError) {
        guard code == CURLE_OK else {
            throw MailError(.unusable, server.description, unsafe String(cString: curl_easy_strerror(code)))
        }
    }
}

/// `CURLOPT_OPENSOCKETFUNCTION`: a program started meanwhile must not inherit the connection.
private func openSocket(
    _: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address = unsafe address?.pointee else { return -1 }
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
}
