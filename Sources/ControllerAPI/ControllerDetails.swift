package import Cryptography

/// How an agent of ours makes pseudonyms, seals, delivers, and knows a receipt: member `controller` of the answer to a
/// registration.
package struct ControllerDetails: Hashable, Sendable {
    /// How values become pseudonyms.
    package enum Scheme: Int, Hashable, Sendable, Codable {
        /// SHA-256 over salt, value and pepper, as the reference does.
        case saltedDigest = 1
    }

    package let scheme: Scheme
    /// Bundles are sealed for this certificate.
    package let sealingCertificate: Certificate
    /// Receipts are signed by this key.
    package let receiptKey: PublicKey
    package let ssh: SSHService
    /// What this controller can do beyond the older protocol, in words: an agent asks only for what is here. Words that
    /// it does not know are left alone.
    package let features: [String]
    /// How often the agent has registered; `nil` where the controller does not count.
    package let generation: Int?
    /// Certificates that the controller will use later, to be trusted beside the one it has.
    package let nextCertificates: [Certificate]

    package init(
        scheme: Scheme = .saltedDigest, sealingCertificate: Certificate, receiptKey: PublicKey, ssh: SSHService,
        features: [String] = [], generation: Int? = nil, nextCertificates: [Certificate] = []
    ) {
        self.scheme = scheme
        self.sealingCertificate = sealingCertificate
        self.receiptKey = receiptKey
        self.ssh = ssh
        self.features = features
        self.generation = generation
        self.nextCertificates = nextCertificates
    }

    /// The same for an agent that has registered so often, with the certificates that it is to trust beside this one.
    package func with(generation: Int, nextCertificates: [Certificate]) -> ControllerDetails {
        ControllerDetails(
            scheme: scheme, sealingCertificate: sealingCertificate, receiptKey: receiptKey, ssh: ssh,
            features: features, generation: generation, nextCertificates: nextCertificates)
    }

    package func offers(_ feature: Feature) -> Bool { features.contains(feature.rawValue) }

    /// The features that an agent of ours asks for.
    package enum Feature: String, CaseIterable, Sendable {
        /// `GET /auth/wait`: the agent hears of triggers at once.
        case wait
        /// `POST /auth/log` takes many records in one request.
        case logBatch = "log-batch"
        /// A registration may announce the key that the agent will use next (`KeyRotation`).
        case keyRotation = "key-rotation"
        /// `GET /auth/trackers`: an agent that lost its state goes on from what was imported.
        case trackers
    }
}

extension ControllerDetails: Codable {
    private enum CodingKeys: String, CodingKey {
        case scheme
        case sealingCertificate = "sealing_certificate"
        case receiptKey = "receipt_key"
        case ssh
        case features
        case generation
        case nextCertificates = "next_certificates"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let scheme = Scheme(rawValue: try container.decode(Int.self, forKey: .scheme)) else {
            throw container.invalid(.scheme, expected: "a pseudonym scheme this agent knows (1)")
        }
        self.scheme = scheme
        sealingCertificate = try container.decode(.sealingCertificate, expected: "one certificate in PEM form") {
            text throws(CryptographyError) in try Certificate(pem: text)
        }
        receiptKey = try container.decode(.receiptKey, expected: "one line `ssh-ed25519 <base64>`") {
            text throws(CryptographyError) in try PublicKey(openSSH: text)
        }
        ssh = try container.decode(SSHService.self, forKey: .ssh)
        features = try container.decodeIfPresent([String].self, forKey: .features) ?? []
        generation = try container.decodeIfPresent(Int.self, forKey: .generation)
        let texts = try container.decodeIfPresent([String].self, forKey: .nextCertificates) ?? []
        var certificates: [Certificate] = []
        for text in texts {
            do throws(CryptographyError) { certificates.append(try Certificate(pem: text)) } catch {
                throw container.invalid(.nextCertificates, expected: "certificates in PEM form")
            }
        }
        nextCertificates = certificates
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scheme, forKey: .scheme)
        try container.encode(sealingCertificate.pem, forKey: .sealingCertificate)
        try container.encode(receiptKey.openSSH(), forKey: .receiptKey)
        try container.encode(ssh, forKey: .ssh)
        if !features.isEmpty { try container.encode(features, forKey: .features) }
        try container.encodeIfPresent(generation, forKey: .generation)
        if !nextCertificates.isEmpty { try container.encode(nextCertificates.map(\.pem), forKey: .nextCertificates) }
    }
}

extension KeyedDecodingContainer {
    /// Reads a text in one of the forms of `Cryptography`.
    func decode<Value>(
        _ key: Key, expected: String, _ make: (String) throws(CryptographyError) -> Value
    ) throws -> Value {
        let text = try decode(String.self, forKey: key)
        do throws(CryptographyError) {
            return try make(text)
        } catch {
            throw invalid(key, expected: expected)
        }
    }
}
