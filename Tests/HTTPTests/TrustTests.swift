import Files
import HTTP
import TestSupport
import Testing

@Suite struct TrustTests {
    private let directory: TemporaryDirectory
    private let client: HTTPClient

    init() throws {
        directory = try TemporaryDirectory()
        client = try HTTPClient(.init(userAgent: "test/1"))
    }

    private func send(
        _ server: WebServer, _ trust: HTTPRequest.Trust, host: String = "127.0.0.1"
    ) async throws -> HTTPError? {
        var request = try HTTPRequest(.get, "https://\(host):\(server.port)/hello")
        request.trust = trust
        do throws(HTTPError) {
            #expect(try await client.send(request).status == 200)
            return nil
        } catch {
            return error
        }
    }

    @Test func trustsTheGivenSelfSignedCertificateOnly() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let other = try TestCertificate(in: directory, name: "other")
        let server = try WebServer(certificate: certificate, directory: directory)
        #expect(try await send(server, .certificate(file: certificate.certificate)) == nil)
        #expect(try await send(server, .certificate(file: certificate.certificate), host: "localhost") == nil)
        // Nor does an open connection help one who trusts somebody else.
        #expect(try await send(server, .certificate(file: other.certificate))?.code == .certificateNotTrusted)
        #expect(try await send(server, .system)?.code == .certificateNotTrusted)
        #expect(try await send(server, .certificate(file: certificate.certificate)) == nil)
    }

    @Test func readsTheFileAnewForEachRequest() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let other = try TestCertificate(in: directory, name: "other")
        let server = try WebServer(certificate: certificate, directory: directory)
        let file = "\(directory.path)/trusted.pem"
        try Files.write(Files.read(other.certificate), to: file)
        #expect(try await send(server, .certificate(file: file))?.code == .certificateNotTrusted)
        try Files.write(Files.read(certificate.certificate), to: file)
        #expect(try await send(server, .certificate(file: file)) == nil)
    }

    @Test func trustsWhatAnAuthoritySigned() async throws {
        let authority = try TestCertificate(in: directory, name: "authority", purpose: .authority)
        let leaf = try TestCertificate(in: directory, name: "leaf", issuer: authority)
        let server = try WebServer(certificate: leaf, directory: directory)
        #expect(try await send(server, .certificate(file: authority.certificate)) == nil)
    }

    @Test func tellsTheCertificatesThatTheServerShowed() async throws {
        let authority = try TestCertificate(in: directory, name: "authority", purpose: .authority)
        let leaf = try TestCertificate(in: directory, name: "leaf", issuer: authority)
        let server = try WebServer(certificate: leaf, directory: directory)
        var request = try HTTPRequest(.get, "https://127.0.0.1:\(server.port)/hello")
        request.trust = .certificate(file: authority.certificate)
        #expect(try await client.send(request).certificates == [])
        // The open connection tells nothing: it takes another one.
        request.asksForCertificates = true
        let answer = try await client.send(request)
        #expect(!answer.usedOpenConnection)
        let shown = try #require(answer.certificates.first)
        let words = { (text: String) in text.split(whereSeparator: \.isWhitespace) }
        #expect(words(shown) == words(String(decoding: try Files.read(leaf.certificate), as: UTF8.self)))
    }

    @Test func refusesAnExpiredCertificate() async throws {
        let certificate = try TestCertificate(in: directory, name: "old", validity: .expired)
        let server = try WebServer(certificate: certificate, directory: directory)
        let error = try await send(server, .certificate(file: certificate.certificate))
        #expect(error?.code == .certificateExpired && error?.isPermanent == true)
    }

    @Test func refusesACertificateForAnotherHost() async throws {
        let certificate = try TestCertificate(in: directory, name: "elsewhere", hosts: ["DNS:elsewhere.example"])
        let server = try WebServer(certificate: certificate, directory: directory)
        let error = try await send(server, .certificate(file: certificate.certificate))
        #expect(error?.code == .hostNameMismatch, "\(String(describing: error))")
    }

    @Test func checksThePinBesideTheCertificate() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let other = try TestCertificate(in: directory, name: "other")
        let server = try WebServer(certificate: certificate, directory: directory)
        let (right, wrong) = (try certificate.pin(), try other.pin())
        #expect(try await send(server, .certificate(file: certificate.certificate, pin: right)) == nil)
        #expect(try await send(server, .certificate(file: certificate.certificate, pin: wrong))?.code == .keyNotPinned)
        #expect(
            try await send(server, .certificate(file: certificate.certificate, pin: "/etc/hosts"))?.code == .badTrust)
        #expect(try await send(server, .system(pin: right))?.code == .certificateNotTrusted)
    }

    @Test func refusesFilesWithoutCertificate() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let server = try WebServer(certificate: certificate, directory: directory)
        let empty = "\(directory.path)/empty.pem"
        try Files.write([], to: empty)
        #expect(try await send(server, .certificate(file: empty))?.code == .badTrust)
        #expect(try await send(server, .certificate(file: certificate.key))?.code == .badTrust)
        #expect(try await send(server, .certificate(file: "\(directory.path)/none"))?.code == .badTrust)
    }

    @Test func refusesOldTLSAndNoTLS() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let plain = try WebServer(directory: directory)
        #expect(try await send(plain, .certificate(file: certificate.certificate))?.code == .tlsFailed)
        let script = "\(directory.path)/server.py"
        let old = try Peer("python3", ["-W", "ignore", script, certificate.certificate, certificate.key, "old"])
        var request = try HTTPRequest(.get, "https://127.0.0.1:\(try old.line())/")
        request.trust = .certificate(file: certificate.certificate)
        await #expect(throws: HTTPError.self) { try await client.send(request) }
        let isServed = try Peer.run(
            "curl",
            ["-s", "--cacert", certificate.certificate, "--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"]
                + [request.address.text])
        #expect(isServed == "hello")
    }
}
