import ControllerAPI
import Cryptography
import Testing
import Timestamps

@Suite struct ExportNotificationTests {
    let key: SigningKey
    let agent: AgentKey
    let project: ProjectKey
    let run = RunID(at: Timestamp(seconds: 1_795_232_612))
    let digest = SHA256.digest(of: [1])

    init() throws {
        key = try SigningKey.generate()
        agent = try AgentKey("ABC")
        project = try ProjectKey("DEF")
    }

    @Test func writesWhatItReads() throws {
        let notification = ExportNotification(
            agent: .init(user: "gathering", key: "ABC", hostname: "host", version: "gatherer/1.0"),
            files: .init(export: ["a.json"], other: [], bundle: try bundle()))
        let body = Array(try notification.fields().body.utf8)
        #expect(try ExportNotification(fields: FormFields(body: body)) == notification)
    }

    @Test func readsWhatAReferenceAgentSends() throws {
        let fields = FormFields([
            "files": #"{"export": ["data_tag.json"], "update": null, "other": null}"#,
            "agent": #"{"user": "agent-ABC", "key": "-", "hostname": "h", "version": "v"}"#, "more": "x",
        ])
        let notification = try ExportNotification(fields: fields)
        #expect(notification.agent?.key == "-")
        #expect(notification.files == .init(export: ["data_tag.json"]))
        let empty = try ExportNotification(fields: FormFields([:]))
        #expect(empty.agent == nil && empty.files == nil)
    }

    @Test(arguments: [
        ("{", "$"), (#"{"bundle":{}}"#, "$.bundle.run"), (#"{"bundle":{"run":"../x"}}"#, "$.bundle.run"),
        (#"{"export":"a"}"#, "$.export"),
        (#"{"bundle":{"run":"20261121T034332Z-0a1b2c3d","parts":[]}}"#, "$.bundle.parts"),
        (#"{"bundle":{"run":"20261121T034332Z-0a1b2c3d","parts":[{}]}}"#, "$.bundle.parts[0].name"),
        (
            #"{"bundle":{"run":"20261121T034332Z-0a1b2c3d","parts":[{"name":"001.cms","size":0}]}}"#,
            "$.bundle.parts[0].size"
        ),
        (
            #"{"bundle":{"run":"20261121T034332Z-0a1b2c3d","parts":[{"name":"001.cms","size":1,"sha256":"00"}]}}"#,
            "$.bundle.parts[0].sha256"
        ),
    ])
    func namesThePlaceOfAFault(json: String, place: String) {
        let error = #expect(throws: WireError.self) { try ExportNotification(fields: FormFields(["files": json])) }
        #expect(error?.subject == "field `files` at \(place)")
    }

    @Test func refusesARepeatedField() {
        let error = #expect(throws: WireError.self) {
            try ExportNotification(fields: FormFields(["files": "{}", "files": "{}"]))
        }
        #expect(error?.code == .repeated)
    }

    @Test(arguments: ["001.cms", "0001.cms", "123456.cms"])
    func acceptsNamesOfParts(name: String) throws {
        _ = try BundleAnnouncement.Part(name: name, size: 1, sha256: digest)
    }

    @Test(arguments: [
        "", "1.cms", "1234567.cms", "001.cms.part", "../001.cms", "001.CMS", "001cms", "001.cms\n",
        "\u{661}\u{661}\u{661}.cms",
    ])
    func refusesOtherNames(name: String) {
        #expect(throws: WireError.self) { try BundleAnnouncement.Part(name: name, size: 1, sha256: digest) }
    }

    @Test func countsPartsFromOne() {
        #expect([1, 12, 999, 1000].map(BundleAnnouncement.Part.name) == ["001.cms", "012.cms", "999.cms", "1000.cms"])
    }

    @Test func theSignatureHoldsForThisBundleOnly() throws {
        let bundle = try bundle()
        try bundle.verify(agent: agent, project: project, by: key.publicKey)
        let other = try SigningKey.generate().publicKey
        #expect(throws: WireError.self) { try bundle.verify(agent: agent, project: project, by: other) }
        #expect(throws: WireError.self) {
            try bundle.verify(agent: AgentKey("DEF"), project: project, by: key.publicKey)
        }
        #expect(throws: WireError.self) {
            try bundle.verify(agent: agent, project: ProjectKey("ABC"), by: key.publicKey)
        }
        let text = String(decoding: try WireJSON.encode(bundle, subject: "bundle"), as: UTF8.self)
        for (old, new) in [
            ("\"size\":10", "\"size\":11"), ("002.cms", "003.cms"), (digest.hex, SHA256.digest(of: [2]).hex),
            ("20261121T034332Z", "20261121T034333Z"),
        ] {
            #expect(text.contains(old))
            let changed = try WireJSON.decode(
                BundleAnnouncement.self, from: Array(text.replacing(old, with: new).utf8), subject: "bundle")
            #expect(throws: WireError.self) { try changed.verify(agent: agent, project: project, by: key.publicKey) }
        }
        let reordered = try BundleAnnouncement.signed(
            run: run, parts: bundle.parts.reversed(), manifest: digest, agent: agent, project: project, by: key)
        #expect(reordered.signature != bundle.signature)
    }

    @Test func refusesABundleWithoutPartsOrWithTwoOfAName() throws {
        let part = try BundleAnnouncement.Part(name: "001.cms", size: 1, sha256: digest)
        for parts in [[], [part, part]] {
            #expect(throws: WireError.self) {
                try BundleAnnouncement.signed(
                    run: run, parts: parts, manifest: digest, agent: agent, project: project, by: key)
            }
        }
    }

    private func bundle() throws -> BundleAnnouncement {
        try BundleAnnouncement.signed(
            run: run,
            parts: [
                .init(name: "001.cms", size: 10, sha256: digest), .init(name: "002.cms", size: 20, sha256: digest),
            ], manifest: digest, agent: agent, project: project, by: key)
    }
}
