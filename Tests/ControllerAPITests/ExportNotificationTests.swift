import ControllerAPI
import Cryptography
import Testing
import Timestamps

@Suite struct ExportNotificationTests {
    let run = RunID(at: Timestamp(seconds: 1_795_232_612))
    let digest = SHA256.digest(of: [1])
    let signature = [UInt8](repeating: 7, count: 64)

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
        let short = try ExportNotification(fields: FormFields(["agent": #"{"user": "agent-X", "key": "-"}"#]))
        #expect(short.agent?.user == "agent-X")
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

    @Test func refusesABundleWithoutPartsOrWithTwoOfAName() throws {
        let part = try BundleAnnouncement.Part(name: "001.cms", size: 1, sha256: digest)
        for parts in [[], [part, part]] {
            #expect(throws: WireError.self) {
                try BundleAnnouncement(run: run, parts: parts, manifest: digest, signature: signature)
            }
        }
        #expect(throws: WireError.self) {
            try BundleAnnouncement(run: run, parts: [part], manifest: digest, signature: [1])
        }
    }

    private func bundle() throws -> BundleAnnouncement {
        try BundleAnnouncement(
            run: run,
            parts: [
                .init(name: "001.cms", size: 10, sha256: digest), .init(name: "002.cms", size: 20, sha256: digest),
            ],
            manifest: digest, signature: signature)
    }
}
