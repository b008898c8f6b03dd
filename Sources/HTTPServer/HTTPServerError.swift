/// Why a server cannot start.
package struct HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The host is neither an IP address nor `localhost`.
        case badAddress
        /// Another program listens there.
        case addressInUse
        /// The machine does not have that address.
        case addressNotHere
        /// The system does not let this user listen there.
        case notPermitted
        /// Certificate or key cannot be used, or do not belong together.
        case badCertificate
        /// There are no descriptors, threads or memory left.
        case unusable
    }

    package let code: Code
    /// Address and port.
    package let subject: String
    /// What was found, in the words of the system or of the library.
    package let cause: String

    package var description: String {
        switch code {
        case .badAddress: "cannot listen on \(subject): expected an IP address or localhost, found \(cause)"
        case .addressInUse: "cannot listen on \(subject): another program already does"
        case .addressNotHere: "cannot listen on \(subject): this machine does not have the address"
        case .notPermitted: "cannot listen on \(subject): the system does not allow it"
        case .badCertificate:
            "cannot serve TLS on \(subject): expected a certificate and its key in PEM form, found \(cause)"
        case .unusable: "cannot serve on \(subject): \(cause)"
        }
    }

    /// What the operator can do.
    package var advice: String? {
        switch code {
        case .badAddress: "give an address of this machine, or none for all of them"
        case .addressInUse: "choose another port, or end the program that listens: `ss -ltnp` names it"
        case .addressNotHere: "choose one of the addresses that `ip address` shows, or none for all of them"
        case .notPermitted: "choose a port from 1024 on, or give the program the capability CAP_NET_BIND_SERVICE"
        case .badCertificate: "check both with `openssl x509` and `openssl pkey`"
        case .unusable: nil
        }
    }
}
