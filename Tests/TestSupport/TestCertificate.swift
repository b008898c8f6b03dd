import Files
import Glibc

/// A certificate and its key, made by the `openssl` command.
package struct TestCertificate: Sendable {
    /// Paths of PEM files.
    package let certificate: String
    package let key: String

    package enum Purpose: Sendable { case server, authority }
    package enum Validity: Sendable {
        case current, expired
        /// Good for ten more days.
        case ending
    }

    /// - Parameters:
    ///   - hosts: As in OpenSSL's `subjectAltName`, such as `DNS:localhost` or `IP:127.0.0.1`.
    ///   - issuer: Who signs; without one it is self-signed.
    package init(
        in directory: TemporaryDirectory, name: String, hosts: [String] = ["DNS:localhost", "IP:127.0.0.1"],
        issuer: TestCertificate? = nil, purpose: Purpose = .server, validity: Validity = .current
    ) throws {
        let path = "\(directory.path)/\(name)"
        certificate = "\(path).pem"
        key = "\(path).key"
        try Peer.run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key])
        try Peer.run("openssl", ["req", "-new", "-key", key, "-subj", "/CN=\(name)", "-out", "\(path).csr"])
        let extensions =
            "subjectAltName=\(hosts.joined(separator: ","))\nbasicConstraints=CA:\(purpose == .authority)\n"
        try Files.write(Array(extensions.utf8), to: "\(path).ext")
        // `openssl x509` of version 3.0 sets no dates of choice, `openssl ca` does.
        try Files.makeDirectory("\(path).ca")
        try Files.write([], to: "\(path).ca/index")
        try Files.write(
            Array(
                "[ca]\ndefault_ca=c\n[c]\ndatabase=\(path).ca/index\nnew_certs_dir=\(path).ca\nrand_serial=yes\n".utf8)
                + Array("default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n".utf8),
            to: "\(path).cnf")
        let dates =
            switch validity {
            case .current: ["-startdate", "20200101000000Z", "-enddate", "20490101000000Z"]
            case .expired: ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
            case .ending: ["-days", "10"]
            }
        let signer =
            if let issuer { ["-cert", issuer.certificate, "-keyfile", issuer.key] } else {
                ["-selfsign", "-keyfile", key]
            }
        try Peer.run(
            "openssl",
            ["ca", "-batch", "-notext", "-config", "\(path).cnf", "-in", "\(path).csr", "-out", certificate]
                + ["-extfile", "\(path).ext"] + dates + signer)
    }

    /// The key's pin as `curl --pinnedpubkey` takes it.
    package func pin() throws -> String {
        let script =
            "openssl x509 -in \"$0\" -noout -pubkey | openssl pkey -pubin -outform der"
            + " | openssl dgst -sha256 -binary | openssl base64 -A"
        return "sha256//" + (try Peer.run("/bin/sh", ["-c", script, certificate]))
    }
}
