/// Why a request counts as not signed.
package enum SignatureError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Header: String, Sendable {
        case signature = "Signature"
        case signatureInput = "Signature-Input"
        case contentDigest = "Content-Digest"
    }

    /// No such header, or no member of it that is ours.
    case missing(Header)
    /// The header, or our member of it, is not in the agreed form.
    case malformed(Header)
    /// The method, target or a header holds what cannot be signed, such as a line break.
    case malformedRequest
    /// Not `ed25519`.
    case wrongAlgorithm
    /// The signature does not cover exactly the parts it has to.
    case wrongComponents
    /// Signed too long ago for a request that has just come.
    case expired
    /// Signed in a future that clocks that are right do not show.
    case fromTheFuture
    /// The body is not the one that was signed.
    case digestMismatch
    /// The signature is not the key's.
    case badSignature

    package var description: String {
        switch self {
        case .missing(let header): "request signature: expected a header \(header.rawValue) for `agent`, found none"
        case .malformed(let header):
            "request signature: expected a header \(header.rawValue) in the agreed form, found another"
        case .malformedRequest: "request signature: expected a method, target and headers in plain ASCII, found others"
        case .wrongAlgorithm: "request signature: expected the algorithm ed25519, found another"
        case .wrongComponents:
            "request signature: expected method, authority, path, query and digest to be covered, found another set"
        case .expired: "request signature: expected one made just now, found an older one"
        case .fromTheFuture: "request signature: expected one made just now, found one of the future"
        case .digestMismatch: "request signature: expected the body that was signed, found another"
        case .badSignature: "request signature: expected one by the agent's key, found another"
        }
    }

    /// What the operator can do, in one line.
    package var advice: String? {
        switch self {
        case .expired, .fromTheFuture: "compare the clocks of agent and controller"
        default: nil
        }
    }
}
