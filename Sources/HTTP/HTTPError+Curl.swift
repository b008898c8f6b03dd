internal import CCurl

extension HTTPError {
    /// What is known about a transfer that failed.
    struct Facts {
        /// libcurl's own words.
        let reason: String
        let overflow: String?
        let limit: Int
        /// OpenSSL's verdict on the certificate chain, 0 for good, 1 for not asked.
        let verification: Int
        /// The status of a proxy's answer to `CONNECT`, 0 where there was none.
        let proxyStatus: Int
        let isConnected: Bool
        let elapsed: Duration
        let timeouts: HTTPRequest.Timeouts
    }

    init(_ code: CURLcode, subject: String, facts: Facts) {
        let (ours, cause) = Self.translate(code, facts)
        self.init(ours, subject, cause)
    }

    private static func translate(_ code: CURLcode, _ facts: Facts) -> (Code, String) {
        let reason = printable(facts.reason)
        if facts.proxyStatus != 0, !(200..<300).contains(facts.proxyStatus) {
            return (.proxyFailed, "it answered with status \(facts.proxyStatus)")
        }
        switch code {
        case CURLE_WRITE_ERROR:
            return facts.overflow.map { (.tooLarge, $0) } ?? (.badAnswer, "its content cannot be decoded")
        case CURLE_FILESIZE_EXCEEDED: return (.tooLarge, "more than \(facts.limit) bytes")
        case CURLE_OPERATION_TIMEDOUT:
            // Both clocks tick at slightly different rates where the machine's time is being adjusted.
            if facts.elapsed * 1.01 + .milliseconds(5) >= facts.timeouts.total {
                return (.timedOut, "not complete within \(facts.timeouts.total)")
            }
            return facts.isConnected
                ? (.stalled, "nothing arrived for \(facts.timeouts.stall)")
                : (.timedOut, "no connection within \(facts.timeouts.connect)")
        case CURLE_PEER_FAILED_VERIFICATION:
            switch facts.verification {
            // The chain was not complained of: 1 is libcurl's value before OpenSSL's verdict is asked for.
            case 0, 1: return (.hostNameMismatch, reason)
            // X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of <openssl/x509_vfy.h>
            case 9, 10: return (.certificateExpired, reason)
            default: return (.certificateNotTrusted, reason)
            }
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return (.keyNotPinned, "it has another fingerprint")
        case CURLE_SSL_CACERT_BADFILE: return (.badTrust, "the file holds no usable PEM certificate")
        case CURLE_COULDNT_RESOLVE_HOST: return (.cannotResolve, reason)
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return (.proxyFailed, "it cannot be found or does not answer")
        case CURLE_COULDNT_CONNECT: return (.cannotConnect, reason)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER: return (.tlsFailed, reason)
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SSL_SHUTDOWN_FAILED:
            return (.brokenConnection, reason)
        // The address was checked before: what is unsupported is the answer.
        case CURLE_UNSUPPORTED_PROTOCOL: return (.badAnswer, "it is not HTTP")
        case CURLE_URL_MALFORMAT: return (.badURL, "libcurl cannot read it")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION:
            return (.unusable, unsafe String(cString: curl_easy_strerror(code)))
        default: return (.badAnswer, unsafe String(cString: curl_easy_strerror(code)))
        }
    }

    /// libcurl's words can quote the peer: no control characters, no more than a line.
    private static func printable(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(characters))
    }
}
