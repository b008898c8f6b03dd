import ControllerAPI
import Cryptography
import Testing
import Timestamps

@Suite struct ReceiptTests {
    let key: SigningKey
    let agent: AgentKey
    let project: ProjectKey
    let run = RunID(at: Timestamp(seconds: 1_795_232_612))
    let manifest = SHA256.digest(of: [1])

    init() throws {
        key = try SigningKey.generate()
        agent = try AgentKey("ABC")
        project = try ProjectKey("DEF")
    }

    @Test func isReadAndVerifiedOnTheOtherSide() throws {
        let receipt = try make()
        let read = try Receipt(json: receipt.json())
        #expect(read == receipt)
        #expect(read.receivedAt == Timestamp(seconds: 1_800_000_000))
        try read.verify(agent: agent, project: project, run: run, manifest: manifest, by: key.publicKey)
    }

    @Test func holdsForOneBundleOnly() throws {
        let receipt = try make()
        let key = key.publicKey
        let other = try AgentKey("XYZ")
        expect(.malformed) { try receipt.verify(agent: other, project: project, run: run, manifest: manifest, by: key) }
        expect(.malformed) {
            try receipt.verify(agent: agent, project: ProjectKey("ABC"), run: run, manifest: manifest, by: key)
        }
        expect(.malformed) {
            try receipt.verify(agent: agent, project: project, run: RunID(), manifest: manifest, by: key)
        }
        expect(.malformed) {
            try receipt.verify(agent: agent, project: project, run: run, manifest: SHA256.digest(of: []), by: key)
        }
        let stranger = try SigningKey.generate().publicKey
        expect(.badSignature) {
            try receipt.verify(agent: agent, project: project, run: run, manifest: manifest, by: stranger)
        }
    }

    @Test func everyMemberIsSigned() throws {
        let text = String(decoding: try make().json(), as: UTF8.self)
        for (old, new) in [
            ("\"ABC\"", "\"XYZ\""), ("\"DEF\"", "\"XYZ\""), (run.text, RunID().text),
            (manifest.hex, SHA256.digest(of: []).hex), ("08:00:00Z", "08:00:01Z"),
        ] {
            #expect(text.contains(old))
            let changed = try Receipt(json: Array(text.replacing(old, with: new).utf8))
            expect(.badSignature) {
                try changed.verify(
                    agent: changed.agent, project: changed.project, run: changed.run, manifest: changed.manifest,
                    by: key.publicKey)
            }
        }
    }

    @Test(arguments: ["agent", "project", "run", "manifest_sha256", "received_at", "signature"])
    func namesTheMemberThatIsMissingOrWrong(member: String) throws {
        let text = String(decoding: try make().json(), as: UTF8.self)
        let missing = #expect(throws: WireError.self) {
            try Receipt(json: Array(text.replacing("\"\(member)\"", with: "\"other\"").utf8))
        }
        #expect(missing?.code == .missing)
        #expect(missing?.subject == "receipt at $.\(member)")
        let wrong = #expect(throws: WireError.self) {
            try Receipt(json: Array(text.replacing("\"\(member)\":\"", with: "\"\(member)\":\"?").utf8))
        }
        #expect(wrong?.code == .malformed)
        #expect(wrong?.subject == "receipt at $.\(member)")
    }

    private func make() throws -> Receipt {
        try Receipt.signed(
            agent: agent, project: project, run: run, manifest: manifest,
            receivedAt: Timestamp(seconds: 1_800_000_000, microseconds: 7), by: key)
    }

    private func expect(_ code: WireError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: WireError.self, performing: body)
        #expect(error?.code == code)
    }
}
