import Cryptography
import Files
import TestSupport
import Testing
import Timestamps

@Suite struct CertificateTests {
    let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    @Test func opensslReadsWhatWasAskedFor() throws {
        let (certificate, key) = try Certificate.selfSigned(
            hosts: ["Controller.example.org", "localhost", "127.0.0.1", "::1"], validity: .seconds(86400 * 30),
            from: Timestamp(seconds: 1_800_000_000))
        try save(certificate, key)
        let text = Shell.run("openssl x509 -noout -text -in \"$1/cert.pem\"", path).output
        for expected in [
            "DNS:controller.example.org, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
            "CA:TRUE, pathlen:0", "Digital Signature, Key Agreement, Certificate Sign", "TLS Web Server Authentication",
            "NIST CURVE: P-256", "ecdsa-with-SHA256", "Version: 3", "X509v3 Subject Key Identifier",
            "Not Before: Jan 15 07:55:00 2027 GMT", "Not After : Feb 14 08:00:00 2027 GMT",
        ] {
            #expect(text.contains(expected), "\(expected) in \(text)")
        }
        #expect(certificate.hosts == ["controller.example.org", "localhost", "127.0.0.1", "::1"])
        #expect(certificate.notAfter == Timestamp(seconds: 1_800_000_000 + 86400 * 30))
        let pin = Shell.run(
            "openssl x509 -pubkey -noout -in \"$1/cert.pem\" | openssl pkey -pubin -outform DER |"
                + " openssl dgst -sha256 -binary | base64", path)
        #expect("sha256//" + pin.output == certificate.publicKeyPin + "\n")
        #expect(
            Shell.run("openssl verify -x509_strict -attime 1800000001 -CAfile \"$1/cert.pem\" \"$1/cert.pem\"", path)
                .status == 0)
    }

    @Test func everyCertificateHasItsOwnSerialAndKey() throws {
        let (first, firstKey) = try make()
        let (second, secondKey) = try make()
        #expect(first != second)
        #expect(first.publicKeyPin != second.publicKeyPin)
        #expect(first.belongs(to: firstKey))
        #expect(!first.belongs(to: secondKey))
        #expect(second.belongs(to: secondKey))
    }

    @Test func readsItsOwnTextAndWhatStandsAroundIt() throws {
        let (certificate, _) = try make()
        #expect(try Certificate(pem: certificate.pem) == certificate)
        #expect(try Certificate(pem: "The controller\n\(certificate.pem)\n\n") == certificate)
    }

    @Test func refusesAnythingButOneCertificate() throws {
        let (certificate, key) = try make()
        let pem = certificate.pem
        for text in [
            "", "text", pem + pem, pem + (try key.pem()), try key.pem(), String(pem.dropFirst(100)),
            pem.replacing("M", with: "N"),
        ] {
            #expect(failure { _ = try Certificate(pem: text) } == .malformed)
        }
    }

    @Test(arguments: [
        [], [""], ["a b"], ["a,DNS:b"], ["-a"], ["a-"], ["a..b"], ["1.2.3"], ["256.1.1.1"], ["a", "*"], ["é.org"],
        [String(repeating: "a", count: 64)],
    ])
    func refusesWhatIsNoHost(hosts: [String]) {
        #expect(failure { _ = try Certificate.selfSigned(hosts: hosts, validity: .seconds(60)) } == .malformed)
    }

    @Test func acceptsLongNamesAndNamesOfContainers() throws {
        let long = Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".")
        #expect(
            try Certificate.selfSigned(hosts: [long, "my_controller", "*.example.org"], validity: .seconds(60)).0.hosts
                == [long, "my_controller", "*.example.org"])
    }

    @Test func privateKeyFilesAreForTheirOwner() throws {
        let (certificate, key) = try make()
        try save(certificate, key)
        #expect(try Files.status("\(path)/key.pem")?.permissions == 0o600)
        #expect(certificate.belongs(to: try PrivateKey.load("\(path)/key.pem")))
        #expect(certificate.belongs(to: try PrivateKey(pem: try key.pem())))
        #expect(Shell.run("openssl pkey -noout -check -in \"$1/key.pem\"", path).status == 0)
        #expect(Shell.run("chmod 640 \"$1/key.pem\"", path).status == 0)
        #expect(failure { _ = try PrivateKey.load("\(path)/key.pem") } == .exposed)
    }

    @Test(arguments: [
        ("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", CryptographyError.Code.unsupported),
        ("genpkey -algorithm ED25519", .unsupported),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", .unsupported),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes128 -pass pass:secret", .malformed),
    ])
    func refusesOtherPrivateKeysAndNeverAsks(options: String, code: CryptographyError.Code) {
        #expect(Shell.run("umask 077; openssl $2 -out \"$1/key.pem\" 2>/dev/null", path, options).status == 0)
        #expect(failure { _ = try PrivateKey.load("\(path)/key.pem") } == code)
    }

    @Test func curlAndPythonTrustTheFileAndTheNames() throws {
        let (certificate, key) = try make()
        try save(certificate, key)
        let (other, _) = try make()
        try Files.write(other.pem.utf8, to: "\(path)/other.pem")
        let result = Shell.run(
            """
            cd "$1"
            exec 3< <(exec openssl s_server -accept 0 -naccept 9 -cert cert.pem -key key.pem -www 2>&1)
            server=$!
            trap 'kill $server' EXIT
            while read -r -u 3 line; do case $line in ACCEPT*) port=${line##*:}; break;; esac; done
            [ -n "$port" ] || exit 90
            curl -sS --max-time 20 --cacert cert.pem --pinnedpubkey "$2" -o curl.out "https://localhost:$port/" || exit 91
            curl -sS --max-time 20 --cacert cert.pem -o curl.out "https://127.0.0.1:$port/" || exit 92
            curl -s --max-time 20 --cacert cert.pem -o /dev/null --connect-to "else:$port:localhost:$port" "https://else:$port/" && exit 93
            curl -s --max-time 20 --cacert other.pem -o /dev/null "https://localhost:$port/" && exit 94
            python3 - "$port" <<'PYTHON' || exit 95
            import socket, ssl, sys
            context = ssl.create_default_context(cafile="cert.pem")
            context.verify_flags |= ssl.VERIFY_X509_STRICT
            with socket.create_connection(("localhost", int(sys.argv[1])), timeout=20) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as secure:
                    assert secure.getpeercert()
            PYTHON
            """, path, certificate.publicKeyPin)
        #expect(result.status == 0, "\(result.output)")
    }

    private func make() throws -> (Certificate, PrivateKey) {
        try Certificate.selfSigned(hosts: ["localhost", "127.0.0.1"], validity: .seconds(3600))
    }

    private func save(_ certificate: Certificate, _ key: PrivateKey) throws {
        try Files.write(certificate.pem.utf8, to: "\(path)/cert.pem")
        try key.save("\(path)/key.pem")
    }
}
