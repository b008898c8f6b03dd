internal import COpenSSL
package import Timestamps

extension Certificate {
    /// Agents' clocks may be behind by five minutes when the certificate is new.
    private static let clockTolerance = Duration.seconds(-300)

    /// Makes a key and a certificate that is its own authority, for a server with these names and addresses.
    ///
    /// The key is on P-256: it serves TLS and sealing (ECDH). The certificate may sign itself and nothing else below it.
    /// - Throws: `CryptographyError` `.malformed` for a host that is neither a DNS name nor an IP address, or none.
    package static func selfSigned(
        hosts: [String], validity: Duration, from start: Timestamp = .now
    ) throws(CryptographyError) -> (Certificate, PrivateKey) {
        var names: [HostName] = []
        for host in hosts {
            guard let name = HostName(host) else { throw malformedHost(found: "`\(host)`") }
            if !names.contains(name) { names.append(name) }
        }
        guard let first = hosts.first else { throw malformedHost(found: "none") }
        let key = try PrivateKey.generate()
        guard let pointer = unsafe X509_new() else { throw OpenSSL.failure("new certificate") }
        let handle = unsafe CertificateHandle(owning: pointer)
        try setSubject(of: handle, commonName: first)
        let begin = start + clockTolerance
        let end = start + validity
        guard unsafe X509_set_version(pointer, 2) == 1,  // version 3
            unsafe ASN1_TIME_set(X509_getm_notBefore(pointer), begin.seconds) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(pointer), end.seconds) != nil,
            unsafe X509_set_pubkey(pointer, key.key.pointer) == 1
        else { throw OpenSSL.failure("new certificate") }
        try setSerial(of: handle)
        try addExtensions(to: handle, names: names)
        guard unsafe X509_sign(pointer, key.key.pointer, EVP_sha256()) > 0 else {
            throw OpenSSL.failure("new certificate")
        }
        return (try Certificate(handle), key)
    }

    private static func malformedHost(found: String) -> CryptographyError {
        CryptographyError(
            .malformed, "host of a new certificate", expected: "a DNS name or an IP address", found: found)
    }

    private static func setSubject(of certificate: CertificateHandle, commonName: String) throws(CryptographyError) {
        // A common name has at most 64 characters (RFC 5280, appendix A.1); clients look at the alternative names.
        let bytes = Array(commonName.utf8.prefix(64))
        let name = unsafe X509_get_subject_name(certificate.pointer)
        guard
            unsafe X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0)
                == 1,
            unsafe X509_set_issuer_name(certificate.pointer, name) == 1
        else { throw OpenSSL.failure("new certificate") }
    }

    private static func setSerial(of certificate: CertificateHandle) throws(CryptographyError) {
        var bytes = Random.bytes(16)
        // Positive, not zero, and always of the same length.
        bytes[0] = bytes[0] & 0x3F | 0x40
        guard let number = unsafe BN_bin2bn(bytes, Int32(bytes.count), nil) else {
            throw OpenSSL.failure("new certificate")
        }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.pointer)) != nil else {
            throw OpenSSL.failure("new certificate")
        }
    }

    private static func addExtensions(
        to certificate: CertificateHandle, names: [HostName]
    ) throws(CryptographyError) {
        // Python 3.13 and others check strictly (RFC 5280): an authority has a critical basic constraint, the usage
        // `keyCertSign` and a key identifier.
        let texts: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
            (NID_key_usage, "critical,digitalSignature,keyAgreement,keyCertSign"),
            (NID_ext_key_usage, "serverAuth"),
            (NID_subject_key_identifier, "hash"),
        ]
        for (identifier, text) in texts {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, certificate.pointer, certificate.pointer, nil, nil, 0)
            guard let made = unsafe X509V3_EXT_nconf_nid(nil, &context, identifier, text) else {
                throw OpenSSL.failure("new certificate")
            }
            defer { unsafe X509_EXTENSION_free(made) }
            guard unsafe X509_add_ext(certificate.pointer, made, -1) == 1 else {
                throw OpenSSL.failure("new certificate")
            }
        }
        guard let list = unsafe gathering_names_new() else { throw OpenSSL.failure("new certificate") }
        defer { unsafe GENERAL_NAMES_free(list) }
        for name in names {
            let made = try unsafe generalName(name)
            guard unsafe gathering_names_push(list, made) > 0 else {
                unsafe GENERAL_NAME_free(made)
                throw OpenSSL.failure("new certificate")
            }
        }
        let flags = UInt(X509V3_ADD_DEFAULT)
        guard
            unsafe X509_add1_ext_i2d(certificate.pointer, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, flags)
                == 1
        else { throw OpenSSL.failure("new certificate") }
    }

    /// The name in OpenSSL's form, owned by the caller.
    @unsafe private static func generalName(
        _ name: HostName
    ) throws(CryptographyError) -> UnsafeMutablePointer<GENERAL_NAME> {
        let (kind, bytes, text): (Int32, [UInt8], UnsafeMutablePointer<ASN1_STRING>?) =
            switch name {
            case .name(let name): unsafe (GEN_DNS, Array(name.utf8), ASN1_IA5STRING_new())
            case .address(let bytes): unsafe (GEN_IPADD, bytes, ASN1_OCTET_STRING_new())
            }
        guard let text = unsafe text else { throw OpenSSL.failure("new certificate") }
        guard unsafe ASN1_STRING_set(text, bytes, Int32(bytes.count)) == 1, let made = unsafe GENERAL_NAME_new() else {
            unsafe ASN1_STRING_free(text)
            throw OpenSSL.failure("new certificate")
        }
        unsafe GENERAL_NAME_set0_value(made, kind, text)
        return unsafe made
    }
}
