/// One request with all that decides how it is made. Its text shows method, host and path only.
package struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
        /// Of WebDAV (RFC 4918 §9.1).
        case propfind = "PROPFIND"
    }

    /// Whose certificate the server must show. Chain and host name are checked in each case.
    package enum Trust: Sendable, Hashable {
        /// The machine's list of certificate authorities; with a pin also exactly that public key (`sha256//…`).
        case system(pin: String? = nil)
        /// Nothing but the PEM certificates in this file, read anew for each request; with a pin also exactly that public key.
        case certificate(file: String, pin: String? = nil)
        /// Whoever has one of these public keys (`sha256//…`, parted by semicolons) and a certificate for the host's name,
        /// whoever issued it: for a peer whose key came by another way.
        case publicKey(pins: String)
        /// Anybody's, as the operator of a source may ask for: whoever is in between can read and change everything.
        case anybody

        package static var system: Trust { .system(pin: nil) }
    }

    /// A user and password for servers that ask for them (RFC 9110 §11.6): by Windows' NTLM, which goes over HTTP/1.1 only, or
    /// the basic scheme. Each connection costs a further exchange.
    package struct Login: Sendable {
        let user: String
        let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    package enum Transport: Sendable {
        case secureOnly
        /// Also `http`: for sources that have nothing better, when the operator says so.
        case plainAllowed
    }

    package enum Redirects: Sendable, Equatable {
        /// The redirect is the answer.
        case refuse
        /// Follows up to `limit` of them. To another origin go neither content nor headers other than `Accept`
        /// and `Accept-Language`; from https to http never.
        case follow(limit: Int)
    }

    package struct Timeouts: Sendable {
        /// Name look-up, TCP, proxy and TLS together.
        package var connect: Duration
        /// Time without a single byte either way; whole seconds, at least 1. As long as `total` or longer, it does not count.
        package var stall: Duration
        /// From the start of the transfer, not counting the wait for a free place, to the last byte.
        package var total: Duration

        package init(
            connect: Duration = .seconds(15), stall: Duration = .seconds(60), total: Duration = .seconds(600)
        ) {
            self.connect = connect
            self.stall = stall
            self.total = total
        }
    }

    package struct Destination: Sendable {
        /// A name or an address, one of IPv6 without brackets.
        package let host: String
        package let port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    package var method: Method
    package var address: WebAddress
    package var headers: HTTPHeaders = [:]
    package var body: [UInt8]?
    package var login: Login?
    package var trust: Trust = .system
    package var transport: Transport = .secureOnly
    package var redirects: Redirects = .refuse
    package var timeouts = Timeouts()
    /// Connects to this host and port in place of the address's own. Name, certificate and `Host` stay those of the address.
    package var destination: Destination?
    /// Bytes of the answer's content after decompression, beyond which the request fails: 16 MiB holds any page of a
    /// tracker's API and keeps a program with several requests in flight below 100 MiB.
    package var responseLimit = 16 << 20
    /// Goes over a connection of its own, and the answer tells the certificates that the server showed.
    package var asksForCertificates = false
    /// Says why no connection may be made to an address.
    var addressRefusal: (@Sendable (String) -> String?)?

    package init(_ method: Method, _ address: WebAddress) {
        self.method = method
        self.address = address
    }

    package init(_ method: Method, _ url: String) throws(HTTPError) {
        self.init(method, try WebAddress(url))
    }

    package var description: String { "\(method.rawValue) \(address)" }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
