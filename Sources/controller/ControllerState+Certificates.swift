import Commands
import ControllerAPI
import Cryptography
import Files

/// The renewal of the certificate: agents hear of the next one while the old one is in use, and what was sealed for an old one can
/// always be opened.
extension ControllerState {
    private var nextCertificatePath: String { "\(directory)/certificate-next.pem" }
    private var nextKeyPath: String { "\(directory)/certificate-next-key.pem" }
    /// Certificates that were in use, each with its key beside it.
    private var formerDirectory: String { "\(directory)/former-certificates" }

    /// There is nothing to do, or something to do before.
    struct RenewalFault: Failure {
        let description: String
        let advice: String?
        var exitCode: ExitCode { .usage }
    }

    /// The one that will be used; `nil` where none was made.
    func nextCertificate() throws -> Certificate? {
        guard try Files.status(nextCertificatePath) != nil else { return nil }
        return try Certificate(pem: String(decoding: Files.read(nextCertificatePath), as: UTF8.self))
    }

    /// Those that were in use, in the order of their files' names.
    func formerCertificates() throws -> [(Certificate, PrivateKey)] {
        guard try Files.status(formerDirectory) != nil else { return [] }
        return try Files.list(formerDirectory).sorted().filter { $0.hasSuffix(".pem") && !$0.hasSuffix("-key.pem") }
            .map { name in
                let path = "\(formerDirectory)/\(name)"
                return (
                    try Certificate(pem: String(decoding: Files.read(path), as: UTF8.self)),
                    try PrivateKey.load("\(path.dropLast(4))-key.pem")
                )
            }
    }

    /// Opens what is sealed for this controller, now or before.
    func opener() throws -> Opener {
        try Opener(certificate(), certificateKey(), former: formerCertificates())
    }

    /// Makes the certificate that will be used next, with a key of its own. The one in use stays in use.
    /// - Parameter hosts: what it is valid for; none for what the one in use is.
    func renewCertificate(hosts: [String]) throws -> Certificate {
        guard try nextCertificate() == nil else {
            throw RenewalFault(
                description: "the next certificate is made already: \(nextCertificatePath)",
                advice: "Use it with: controller certificate activate")
        }
        let (certificate, key) = try Certificate.selfSigned(
            hosts: hosts.isEmpty ? self.certificate().hosts : hosts, validity: Self.validity)
        // The certificate last: where it is, all of it is there.
        try Files.remove(nextKeyPath)
        try key.save(nextKeyPath)
        try Files.write(certificate.pem.utf8, to: nextCertificatePath)
        return certificate
    }

    /// Puts the next certificate in the place of the one in use, which is kept. Interrupted anywhere, `settleCertificates`
    /// brings it to its end.
    func activateCertificate() throws -> Certificate {
        guard let next = try nextCertificate() else {
            throw RenewalFault(
                description: "there is no next certificate", advice: "Make one with: controller certificate renew")
        }
        let current = try certificate()
        let name = SHA256.digest(of: Array(current.pem.utf8)).hex.prefix(16)
        try Files.makeDirectory(formerDirectory, permissions: 0o700)
        try Files.write(
            Files.read(certificateKeyPath), to: "\(formerDirectory)/\(name)-key.pem", permissions: 0o600)
        try Files.write(Files.read(certificatePath), to: "\(formerDirectory)/\(name).pem")
        try Files.move(nextKeyPath, to: certificateKeyPath)
        try settleCertificates()
        return next
    }

    /// Ends an activation that was interrupted between key and certificate.
    func settleCertificates() throws {
        guard try Files.status(nextCertificatePath) != nil, try Files.status(nextKeyPath) == nil else { return }
        try Files.move(nextCertificatePath, to: certificatePath)
    }
}
