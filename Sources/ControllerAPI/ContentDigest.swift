internal import Cryptography

/// The header `Content-Digest` (RFC 9530) with SHA-256.
enum ContentDigest {
    static func value(of body: [UInt8]) -> String {
        "sha-256=\(StructuredField.Item.bytes(SHA256.digest(of: body).bytes).serialized)"
    }

    /// Digests by other algorithms beside ours are left alone.
    static func check(_ value: String, of body: [UInt8]) throws(SignatureError) {
        guard let members = StructuredField.dictionary(value) else { throw .malformed(.contentDigest) }
        guard let member = members["sha-256"] else { throw .missing(.contentDigest) }
        guard case .item(let item) = member, case .bytes(let bytes) = item.item, bytes.count == 32 else {
            throw .malformed(.contentDigest)
        }
        guard bytes == SHA256.digest(of: body).bytes else { throw .digestMismatch }
    }
}
