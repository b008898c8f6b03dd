internal import COpenSSL
import Glibc
package import Timestamps

/// An X.509 certificate, by which agents know their controller and seal for it.
package struct Certificate: Hashable, Sendable {
    /// The certificate alone in PEM form, whatever stood around it in the text it was read from.
    package let pem: String
    /// From this moment on nobody accepts it any more.
    package let notAfter: Timestamp
    /// The DNS names and IP addresses it is valid for.
    package let hosts: [String]
    /// The SHA-256 digest of its public key in the form curl knows as `--pinnedpubkey`: `sha256//` and base64.
    package let publicKeyPin: String
    let handle: CertificateHandle

    /// Reads a text that holds exactly one certificate and no private key.
    ///
    /// - Throws: `CryptographyError` `.malformed`.
    package init(pem text: String) throws(CryptographyError) {
        guard text.utf8.count <= 64 << 10 else { throw Self.malformed(found: "\(text.utf8.count) bytes") }
        let blocks = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("-----BEGIN ") }
        guard blocks.count == 1 else { throw Self.malformed(found: "\(blocks.count) PEM blocks") }
        let bytes = Array(text.utf8)
        let pointer = try unsafe bytes.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            let bio = unsafe try MemoryBIO(reading: bytes)
            return unsafe PEM_read_bio_X509(bio.pointer, nil, nil, nil)
        }
        guard let pointer = unsafe pointer else {
            throw OpenSSL.failure(.malformed, "certificate", expected: "one certificate in PEM form")
        }
        try self.init(unsafe CertificateHandle(owning: pointer))
    }

    init(_ handle: CertificateHandle) throws(CryptographyError) {
        let bio = try MemoryBIO()
        guard unsafe PEM_write_bio_X509(bio.pointer, handle.pointer) == 1 else { throw OpenSSL.failure("certificate") }
        self.handle = handle
        pem = bio.text
        notAfter = try unsafe Self.timestamp(X509_get0_notAfter(handle.pointer))
        hosts = Self.hosts(handle)
        publicKeyPin = try Self.publicKeyPin(handle)
    }

    /// When the first of some certificates ends; `nil` where one cannot be read, or there is none.
    /// - Parameter texts: each one certificate in PEM form.
    package static func end(of texts: [String]) -> Timestamp? {
        do throws(CryptographyError) {
            var end: Timestamp?
            for text in texts {
                let certificate = try Certificate(pem: text)
                end = min(end ?? certificate.notAfter, certificate.notAfter)
            }
            return end
        } catch {
            return nil
        }
    }

    /// Whether the private key is the one of this certificate.
    package func belongs(to privateKey: PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return unsafe X509_check_private_key(handle.pointer, privateKey.key.pointer) == 1
    }

    package static func == (left: Certificate, right: Certificate) -> Bool { left.pem == right.pem }

    package func hash(into hasher: inout Hasher) { hasher.combine(pem) }

    private static func malformed(found: String) -> CryptographyError {
        CryptographyError(.malformed, "certificate", expected: "one certificate in PEM form", found: found)
    }

    private static func timestamp(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptographyError) -> Timestamp {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw OpenSSL.failure(.malformed, "certificate", expected: "a date of expiry")
        }
        return Timestamp(seconds: unsafe timegm(&parts))
    }

    private static func publicKeyPin(_ handle: CertificateHandle) throws(CryptographyError) -> String {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(handle.pointer), &bytes)
        guard count > 0 else { throw OpenSSL.failure("certificate") }
        defer { unsafe CRYPTO_free(bytes, nil, 0) }
        var hasher = SHA256Hasher()
        unsafe hasher.update(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return "sha256//" + Base64.standard.encode(hasher.finish().bytes)
    }

    private static func hosts(_ handle: CertificateHandle) -> [String] {
        guard let names = unsafe X509_get_ext_d2i(handle.pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let list = OpaquePointer(names)
        defer { unsafe GENERAL_NAMES_free(list) }
        return unsafe (0..<gathering_names_count(list)).compactMap { index in
            guard let name = unsafe gathering_names_at(list, index) else { return nil }
            var kind: Int32 = 0
            let value = unsafe OpaquePointer(GENERAL_NAME_get0_value(name, &kind))
            guard kind == GEN_DNS || kind == GEN_IPADD, let value = unsafe value else { return nil }
            let text = unsafe UnsafePointer<ASN1_STRING>(value)
            let bytes = unsafe UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(text), count: Int(ASN1_STRING_length(text)))
            return unsafe kind == GEN_DNS ? String(decoding: bytes, as: UTF8.self) : HostName.address(Array(bytes))
        }
    }
}
