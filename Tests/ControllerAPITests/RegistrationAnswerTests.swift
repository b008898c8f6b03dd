import ControllerAPI
import Cryptography
import Testing

@Suite struct RegistrationAnswerTests {
    @Test func readsTheAnswerOfAReferenceController() throws {
        let answer = try RegistrationAnswer(
            json: Array(
                #"""
                {"salts": {"salt": "s", "pepper": "p", "more": 1}, "other": [],
                 "usernames": [{"prefix": "CORP\\", "mutate": "lower"},
                               {"prefix": "x%", "pattern": "(\\w+)", "replace": "$1"}]}
                """#.utf8))
        #expect(answer.salts == Salts(salt: "s", pepper: "p"))
        #expect(
            answer.usernames == [
                UsernameRule(prefix: "CORP\\", mutate: .lower),
                UsernameRule(prefix: "x%", pattern: "(\\w+)", replace: "$1"),
            ])
        #expect(answer.controller == nil)
        #expect(try RegistrationAnswer(json: Array(#"{"salts":{"salt":"","pepper":""}}"#.utf8)).usernames == [])
    }

    @Test func writesWhatItReads() throws {
        let answer = RegistrationAnswer(
            salts: Salts(salt: "sa/lt", pepper: "Zo\u{EB}"), usernames: [UsernameRule(prefix: "X_-")],
            controller: try Self.details())
        #expect(try RegistrationAnswer(json: answer.json()) == answer)
    }

    @Test(arguments: [
        ("", WireError.Code.malformed, "$"), ("[]", .malformed, "$"), ("{}", .missing, "$.salts"),
        (#"{"salts":null}"#, .missing, "$.salts"), (#"{"salts":{"salt":"s"}}"#, .missing, "$.salts.pepper"),
        (#"{"salts":{"salt":1,"pepper":"p"}}"#, .malformed, "$.salts.salt"),
        (#"{"salts":{"salt":"s","pepper":"p"},"usernames":{}}"#, .malformed, "$.usernames"),
        (#"{"salts":{"salt":"s","pepper":"p"},"usernames":[{"prefix":""},{}]}"#, .missing, "$.usernames[1].prefix"),
        (
            #"{"salts":{"salt":"s","pepper":"p"},"usernames":[{"prefix":"","mutate":"up"}]}"#, .malformed,
            "$.usernames[0].mutate"
        ),
        (#"{"salts":{"salt":"s","pepper":"p"},"controller":{}}"#, .missing, "$.controller.scheme"),
        (#"{"salts":{"salt":"s","pepper":"p"},"controller":{"scheme":9}}"#, .malformed, "$.controller.scheme"),
        (
            #"{"salts":{"salt":"s","pepper":"p"},"controller":{"scheme":1,"sealing_certificate":"x"}}"#, .malformed,
            "$.controller.sealing_certificate"
        ),
    ])
    func namesThePlaceOfAFault(json: String, code: WireError.Code, place: String) {
        let error = #expect(throws: WireError.self) { try RegistrationAnswer(json: Array(json.utf8)) }
        #expect(error?.code == code)
        #expect(error?.subject == "registration answer at \(place)")
    }

    @Test(arguments: [
        ("port", "0"), ("port", "65536"), ("port", "\"22\""), ("user", "\"\""), ("user", "\"-oProxyCommand=x\""),
        ("host", "\"a b\""), ("host", "\"-h\""), ("host_keys", "[]"), ("host_keys", "[\"ssh-ed25519\"]"),
        ("host_keys", "[\"ssh-ed25519 AAAA\\nx\"]"), ("host_keys", "[\"@cert-authority * ssh-ed25519 AAAA\"]"),
    ])
    func refusesAnSSHServiceThatCannotBe(member: String, value: String) throws {
        var members = ["port": "22", "user": "\"gathering\"", "host": "null", "host_keys": "[\"ssh-ed25519 AAAA\"]"]
        func json() -> [UInt8] { Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8) }
        #expect(try WireJSON.decode(SSHService.self, from: json(), subject: "service").port == 22)
        members[member] = value
        let error = #expect(throws: WireError.self) {
            try WireJSON.decode(SSHService.self, from: json(), subject: "service")
        }
        #expect(error?.subject == "service at $.\(member)")
    }

    @Test func noValueGetsIntoAMessage() throws {
        let json = #"{"salts":{"salt":"s3cret","pepper":["s3cret"]},"s3cret\n":"s3cret"}"#
        let error = #expect(throws: WireError.self) { try RegistrationAnswer(json: Array(json.utf8)) }
        #expect(error?.description.contains("s3cret") == false)
        let broken = #expect(throws: WireError.self) { try RegistrationAnswer(json: Array("{\"salts\": s3cret".utf8)) }
        #expect(broken?.description.contains("s3cret") == false)
    }

    @Test func saltsDoNotShow() throws {
        let answer = RegistrationAnswer(salts: Salts(salt: "s3cret", pepper: "s3cret"))
        var dumped = ""
        dump(answer, to: &dumped)
        #expect(!"\(answer) \(String(reflecting: answer)) \(dumped)".contains("s3cret"))
    }

    @Test func featuresComeOverAndUnknownOnesDoNoHarm() throws {
        let old = try Self.details()
        #expect(old.features.isEmpty)
        let plain = RegistrationAnswer(salts: Salts(salt: "s", pepper: "p"), controller: old)
        #expect(!String(decoding: try plain.json(), as: UTF8.self).contains("features"))
        let new = ControllerDetails(
            sealingCertificate: old.sealingCertificate, receiptKey: old.receiptKey, ssh: old.ssh,
            features: ["wait", "of-tomorrow"])
        let answer = RegistrationAnswer(salts: Salts(salt: "s", pepper: "p"), controller: new)
        let read = try #require(try RegistrationAnswer(json: answer.json()).controller)
        #expect(read == new && read.offers(.wait) && !read.offers(.logBatch))
    }

    static func details() throws -> ControllerDetails {
        let (certificate, _) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(3600))
        return ControllerDetails(
            sealingCertificate: certificate, receiptKey: try SigningKey.generate().publicKey,
            ssh: SSHService(port: 2222, user: "gathering", hostKeys: [try SigningKey.generate().publicKey.openSSH()]))
    }
}
