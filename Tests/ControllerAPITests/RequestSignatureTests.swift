import Cryptography
import Testing
import Timestamps

@testable import ControllerAPI

@Suite struct RequestSignatureTests {
    let key: SigningKey
    let agent: AgentKey
    let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        key = try SigningKey.generate()
        agent = try AgentKey("ABC")
    }

    @Test(arguments: [
        ("GET", "project=ABC&agent=ABC", ""), ("GET", nil, ""), ("POST", "project=ABC", "public_key=x"),
        ("POST", "", "a=%20"),
    ])
    func readsWhatItSigned(method: String, query: String?, body: String) throws {
        let request = try signed(plain(method, query: query, body: body))
        let signature = try RequestSignature(of: request, now: now)
        #expect(signature.agent == agent)
        #expect(signature.created == now)
        #expect(signature.nonce.utf8.count == 22)
        try signature.verify(by: key.publicKey)
        let other = try SigningKey.generate().publicKey
        #expect(throws: SignatureError.badSignature) { try signature.verify(by: other) }
    }

    @Test func noTwoRequestsHaveTheSameNonce() throws {
        let first = try RequestSignature(of: signed(plain()), now: now)
        let second = try RequestSignature(of: signed(plain()), now: now)
        #expect(first.nonce != second.nonce)
    }

    @Test(arguments: ["controller.example.org", "Controller.Example.ORG", "controller.example.org:443"])
    func theSpellingOfTheHostDoesNotMatter(authority: String) throws {
        let request = try signed(plain())
        let seen = SignableRequest(
            method: request.method, authority: authority, path: request.path, query: request.query,
            fields: request.fields, body: request.body)
        try RequestSignature(of: seen, now: now).verify(by: key.publicKey)
    }

    @Test(arguments: [-300, 0, 300])
    func acceptsClocksThatDifferALittle(seconds: Int) throws {
        _ = try RequestSignature(of: signed(plain()), now: now + .seconds(seconds))
    }

    @Test(arguments: [(301, SignatureError.expired), (86400, .expired), (-301, .fromTheFuture)])
    func refusesOldAndFutureSignatures(seconds: Int, error: SignatureError) throws {
        let request = try signed(plain())
        #expect(throws: error) { try RequestSignature(of: request, now: now + .seconds(seconds)) }
    }

    @Test func refusesAnotherTarget() throws {
        let request = try signed(plain())
        let others = [
            SignableRequest(
                method: "PUT", authority: request.authority, path: request.path, query: request.query,
                fields: request.fields, body: request.body),
            SignableRequest(
                method: request.method, authority: "other.example.org", path: request.path, query: request.query,
                fields: request.fields, body: request.body),
            SignableRequest(
                method: request.method, authority: request.authority, path: "/auth/agent", query: request.query,
                fields: request.fields, body: request.body),
            SignableRequest(
                method: request.method, authority: request.authority, path: request.path, query: "project=DEF",
                fields: request.fields, body: request.body),
        ]
        for other in others {
            let signature = try RequestSignature(of: other, now: now)
            #expect(throws: SignatureError.badSignature) { try signature.verify(by: key.publicKey) }
        }
    }

    @Test func refusesAnotherBody() throws {
        let request = try signed(plain())
        #expect(throws: SignatureError.digestMismatch) {
            try RequestSignature(of: with(request.fields, body: "files=other"), now: now)
        }
        #expect(throws: SignatureError.wrongComponents) {
            try RequestSignature(of: with(request.fields, body: ""), now: now)
        }
        // A body for a request that was signed without one.
        let empty = try signed(plain(body: ""))
        #expect(throws: SignatureError.wrongComponents) {
            try RequestSignature(of: with(empty.fields, body: "files=other"), now: now)
        }
        // With a digest that fits: the signature no longer does.
        let forged =
            request.fields.filter { $0.name != "Content-Digest" }
            + [(name: "Content-Digest", value: ContentDigest.value(of: Array("files=other".utf8)))]
        let signature = try RequestSignature(of: with(forged, body: "files=other"), now: now)
        #expect(throws: SignatureError.badSignature) { try signature.verify(by: key.publicKey) }
    }

    @Test(arguments: ["Signature", "Signature-Input", "Content-Digest"])
    func namesTheHeaderThatIsMissing(name: String) throws {
        let request = try signed(plain())
        let header = try #require(SignatureError.Header(rawValue: name))
        #expect(throws: SignatureError.missing(header)) {
            try RequestSignature(of: with(request.fields.filter { $0.name != name }), now: now)
        }
        // A proxy's own signature is not the agent's.
        if header != .contentDigest {
            #expect(throws: SignatureError.missing(header)) {
                try RequestSignature(
                    of: with(
                        request.fields.map { ($0.name, $0.name == name ? "proxy" + $0.value.dropFirst(5) : $0.value) }),
                    now: now)
            }
        }
    }

    @Test func toleratesMembersOfOthersBesideOurs() throws {
        let request = try signed(plain())
        let others = [
            (name: "signature-input", value: " proxy=(\"@method\";req);created=1;tag=\"a, b\"\t"),
            (name: "signature", value: "proxy=:AAAA:"), (name: "content-digest", value: "sha-512=:AAAA:"),
        ]
        // The digest's line changes with every member, so ours must be signed over all of them.
        let signature = try RequestSignature(of: with(request.fields + others.prefix(2)), now: now)
        try signature.verify(by: key.publicKey)
        let added = try RequestSignature(of: with(request.fields + others), now: now)
        #expect(throws: SignatureError.badSignature) { try added.verify(by: key.publicKey) }
    }

    @Test(arguments: [
        ("", SignatureError.missing(.signatureInput)), ("agent", .malformed(.signatureInput)),
        ("agent=1", .malformed(.signatureInput)), ("agent=(", .malformed(.signatureInput)),
        ("agent=(\"@method\" \"@method\")", .malformed(.signatureInput)),
        ("agent=(\"@target-uri\")", .malformed(.signatureInput)), ("agent=(\"@METHOD\")", .malformed(.signatureInput)),
        ("agent=(method)", .malformed(.signatureInput)), ("agent=(\"@method\";req)", .malformed(.signatureInput)),
        ("A=()", .malformed(.signatureInput)), ("agent=(), agent=()", .malformed(.signatureInput)),
        ("agent=(),", .malformed(.signatureInput)),
        ("agent=()", .wrongAlgorithm), ("agent=();alg=\"rsa-v1_5-sha256\"", .wrongAlgorithm),
        ("agent=();alg=ed25519", .wrongAlgorithm), ("agent=();alg=\"ed25519\"", .wrongComponents),
        ("agent=(\"@method\" \"@authority\" \"@path\" \"@query\");alg=\"ed25519\"", .wrongComponents),
        ("agent=\(all.dropLast()) \"host\");alg=\"ed25519\"", .wrongComponents),
        ("agent=\(all);alg=\"ed25519\"", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000;keyid=\"ABC\";alg=\"ed25519\"", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000;nonce=\"short\";keyid=\"ABC\";alg=\"ed25519\"", .malformed(.signatureInput)),
        ("agent=\(all);created=\"1800000000\";\(rest)", .malformed(.signatureInput)),
        ("agent=\(all);created=-1;\(rest)", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000.0;\(rest)", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000;created=1;\(rest)", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000;expires=1800000001;\(rest)", .malformed(.signatureInput)),
        ("agent=\(all);created=1800000000;\(rest.replacing("ABC", with: "../x"))", .malformed(.signatureInput)),
        ("agent=\(all);created=1;\(rest)", .expired), ("agent=\(all);created=999999999999999;\(rest)", .fromTheFuture),
    ])
    func refusesOtherInputs(value: String, error: SignatureError) throws {
        let request = try signed(plain())
        let fields = request.fields.map { ($0.name, $0.name == "Signature-Input" ? value : $0.value) }
        #expect(throws: error) { try RequestSignature(of: with(fields), now: now) }
    }

    static let all = "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\")"
    static let rest = "nonce=\"0123456789abcdef\";keyid=\"ABC\";alg=\"ed25519\""

    @Test(arguments: [
        ("Signature", "agent=:AA", SignatureError.malformed(.signature)),
        ("Signature", "agent=AAAA", .malformed(.signature)),
        ("Signature", "agent=:AAAA:;x=1", .malformed(.signature)),
        ("Signature", "agent=(:AAAA:)", .malformed(.signature)),
        ("Content-Digest", "sha-256=:AAAA:", .malformed(.contentDigest)),
        ("Content-Digest", "sha-256=1", .malformed(.contentDigest)),
        ("Content-Digest", "=", .malformed(.contentDigest)),
        ("Content-Digest", "sha-512=:AAAA:", .missing(.contentDigest)),
    ])
    func refusesOtherValues(name: String, value: String, error: SignatureError) throws {
        let request = try signed(plain())
        #expect(throws: error) {
            try RequestSignature(
                of: with(request.fields.map { ($0.name, $0.name == name ? value : $0.value) }), now: now)
        }
    }

    @Test func refusesOverlongHeaders() throws {
        let request = try signed(plain())
        let long = "x=\"\(String(repeating: "a", count: 5000))\", "
        #expect(throws: SignatureError.malformed(.signature)) {
            try RequestSignature(
                of: with(request.fields.map { ($0.name, $0.name == "Signature" ? long + $0.value : $0.value) }),
                now: now)
        }
    }

    @Test(arguments: ["/a\n\"@query\": ?x", "/\u{E9}", "/\u{0}"])
    func neverSignsATextOfSeveralLines(path: String) {
        let request = SignableRequest(method: "GET", authority: "localhost", path: path)
        #expect(throws: SignatureError.malformedRequest) {
            try RequestSignature.headers(for: request, agent: agent, key: key)
        }
    }

    // RFC 9421, B.2.6, with the key of B.1.4.
    @Test func buildsTheBaseOfThePublishedExample() throws {
        let request = SignableRequest(
            method: "POST", authority: "example.com", path: "/foo", query: "param=Value&Pet=dog",
            fields: [
                ("Host", "example.com"), ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
                ("Content-Type", "application/json"),
                ("Content-Length", "18"),
            ], body: Array("{\"hello\": \"world\"}".utf8))
        let header = """
            sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")\
            ;created=1618884473;keyid="test-key-ed25519"
            """
        let member = try #require(StructuredField.dictionary(header)?["sig-b26"])
        let base = try #require(SignatureInput(member)).base(for: request)
        #expect(
            String(decoding: base, as: UTF8.self) == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@authority": example.com
                "content-type": application/json
                "content-length": 18
                "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
                ;created=1618884473;keyid="test-key-ed25519"
                """)
        let key = try PublicKey(raw: #require(Base64.url.decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")))
        let signature = try #require(
            Base64.standard.decode(
                "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="))
        #expect(key.isValid(signature, for: base))
        // Ed25519 is deterministic: the published private key makes the published signature.
        let secret = try SigningKey(seed: #require(Base64.url.decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")))
        #expect(try secret.sign(base) == signature)
    }

    // RFC 9530, the digest of the same body.
    @Test func digestsABodyAsPublished() {
        #expect(
            ContentDigest.value(of: Array("{\"hello\": \"world\"}".utf8))
                == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")
    }

    private func plain(
        _ method: String = "POST", query: String? = "project=ABC", body: String = "files=%7B%7D"
    ) -> SignableRequest {
        SignableRequest(
            method: method, authority: "controller.example.org", path: "/auth/export", query: query,
            fields: [("Host", "controller.example.org")], body: Array(body.utf8))
    }

    private func with(_ fields: [(name: String, value: String)], body: String = "files=%7B%7D") -> SignableRequest {
        let request = plain(body: body)
        return SignableRequest(
            method: request.method, authority: request.authority, path: request.path, query: request.query,
            fields: fields, body: request.body)
    }

    private func signed(_ request: SignableRequest) throws -> SignableRequest {
        let headers = try RequestSignature.headers(for: request, agent: agent, key: key, at: now)
        return SignableRequest(
            method: request.method, authority: request.authority, path: request.path, query: request.query,
            fields: request.fields + headers, body: request.body)
    }
}
