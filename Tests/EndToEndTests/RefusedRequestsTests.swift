import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing
import Timestamps

/// What the controller refuses of those who speak to it directly: requests, bundles, and what SSH is asked for.
@Suite struct RefusedRequestsTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let visitor: Visitor
    /// Two agents that are enrolled, each for a project of its own.
    private let agent: AgentHome
    private let other: AgentHome

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        visitor = try Visitor(controller, in: directory)
        agent = try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO")])
        other = try AgentHome(
            in: directory, name: "other", controller: controller,
            ["ENROLMENT_TOKEN": try controller.enrol("OTHER", "OTHER"), "JIRA_KEY": "OTHER"])
        try agent.run("register").required()
        try other.run("register").required()
    }

    private func expectRefusal(
        _ status: Int, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
        of request: () throws -> Visitor.Request
    ) throws {
        let before = try controller.snapshot()
        let answer = try visitor.send(request())
        #expect(answer.status == status, "\(answer)", sourceLocation: sourceLocation)
        #expect(answer.text.contains(text), "\(answer)", sourceLocation: sourceLocation)
        #expect(try controller.snapshot() == before, sourceLocation: sourceLocation)
    }

    private static let status = Visitor.Request(path: "/auth/status", query: "project=DEMO&agent=DEMO")

    // MARK: Requests

    @Test(arguments: [
        Visitor.Request(path: "/auth/status", query: "project=DEMO&agent=DEMO"),
        Visitor.Request(path: "/auth/status.py", query: "project=DEMO"),
        Visitor.Request(
            method: "POST", path: "/auth/agent.py", query: "project=DEMO&agent=DEMO",
            body: "public_key=ssh-ed25519+AAAAC3NzaC1lZDI1NTE5AAAAIJoXQvvtqJqEqrDTxgYHDw7ZMsZ0xT8HmkfHzgoqWlq7"),
        Visitor.Request(method: "POST", path: "/auth/export", query: "project=DEMO", body: "files=%7B%7D"),
    ]) func aRequestWithoutSignature(request: Visitor.Request) throws {
        try expectRefusal(401, "sign") { request }
    }

    @Test func aRequestSignedByAnotherAgentInItsOwnName() throws {
        try expectRefusal(403, "another agent") { try visitor.signed(Self.status, as: "OTHER", with: other.key()) }
    }

    @Test func aRequestSignedByAnotherAgentInTheNameOfThisOne() throws {
        try expectRefusal(401, "agent's key") { try visitor.signed(Self.status, as: "DEMO", with: other.key()) }
    }

    @Test func aRequestOfAnAgentThatIsNotEnrolled() throws {
        try expectRefusal(403, "not enrolled") {
            try visitor.signed(
                Visitor.Request(path: "/auth/status", query: "project=DEMO&agent=GHOST"), as: "GHOST",
                with: SigningKey.generate())
        }
    }

    @Test func aRequestForAProjectOfAnother() throws {
        try expectRefusal(403, "not entitled") {
            try visitor.signed(
                Visitor.Request(path: "/auth/status", query: "project=OTHER&agent=DEMO"), as: "DEMO", with: agent.key())
        }
    }

    @Test func aRequestThatIsSentAgain() throws {
        let request = try visitor.signed(Self.status, as: "DEMO", with: agent.key())
        #expect(try visitor.send(request).status == 200)
        try expectRefusal(401, "seen before") { request }
    }

    @Test(arguments: [-400, 400]) func aRequestOfAnotherTime(seconds: Int) throws {
        try expectRefusal(401, "clocks") {
            try visitor.signed(Self.status, as: "DEMO", with: agent.key(), at: .now + .seconds(seconds))
        }
    }

    enum Change: CaseIterable {
        case query, path, method, body
    }

    @Test(arguments: Change.allCases) func aRequestThatWasChangedAfterItWasSigned(change: Change) throws {
        try expectRefusal(401, "signature") {
            var request = try visitor.signed(
                Visitor.Request(
                    method: change == .method ? "PUT" : "POST", path: "/auth/export", query: "project=DEMO&x=1",
                    body: "files=%7B%7D",
                    headers: [("Content-Type", "application/x-www-form-urlencoded")]), as: "DEMO", with: agent.key())
            switch change {
            case .query: request.query = "project=DEMO&x=2"
            case .path: request.path = "/auth/export.py"
            case .method: request.method = "POST"
            case .body: request.body += "+"
            }
            return request
        }
    }

    // MARK: Bundles

    private func bundle(_ agent: AgentHome? = nil, signedBy signer: AgentHome? = nil) throws -> Visitor.Bundle {
        try visitor.seal(
            agent: "DEMO", project: "DEMO", key: (signer ?? self.agent).key(),
            for: #require(self.agent.registration(of: "DEMO").controller))
    }

    private func announced(_ bundle: Visitor.Bundle) throws -> Visitor.Request {
        try visitor.signed(visitor.announcement(of: bundle), as: "DEMO", with: agent.key())
    }

    @Test func aBundleAnnouncedTwiceIsImportedOnce() throws {
        let bundle = try bundle()
        try visitor.upload(bundle, with: agent.keyPath)
        let first = try visitor.send(announced(bundle))
        #expect(first.status == 202, "\(first)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("tag") == 1)
        let before = try controller.snapshot()
        try visitor.upload(bundle, with: agent.keyPath)
        let second = try visitor.send(announced(bundle))
        #expect(second.status == 202, "\(second)")
        #expect(second.text.contains(bundle.announcement.manifest.hex))
        #expect(try controller.snapshot() == before)
    }

    @Test func registeringAgainLeavesWhatWasUploaded() throws {
        let bundle = try bundle()
        try visitor.upload(bundle, with: agent.keyPath)
        try agent.run("register").required()
        let answer = try visitor.send(announced(bundle))
        #expect(answer.status == 202, "\(answer)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("tag") == 1)
    }

    enum Fault: CaseIterable {
        case nothingUploaded, flippedByte, truncated, partMissing, signedByAnother, ofAnotherRun, runTaken,
            ofAnotherProject
    }

    @Test(arguments: Fault.allCases) func aBundleThatIsNotWhatItShouldBe(fault: Fault) throws {
        var bundle = try bundle(signedBy: fault == .signedByAnother ? other : nil)
        let part = try #require(bundle.parts.first)
        var (status, text) = (422, "quarantine")
        switch fault {
        case .nothingUploaded: (status, text) = (409, "Nothing was uploaded")
        case .flippedByte:
            var bytes = try Files.read(part)
            bytes[bytes.count / 2] ^= 1
            try Files.write(bytes, to: part)
        case .truncated: try Files.write(Files.read(part).dropLast(), to: part)
        case .partMissing:
            try Files.write([0], to: "\(bundle.directory)/002.cms")
            try Files.remove(part)
        case .signedByAnother: break
        case .ofAnotherRun:
            let announcement = bundle.announcement
            bundle.announcement = try BundleAnnouncement(
                run: RunID(), parts: announcement.parts, manifest: announcement.manifest,
                signature: announcement.signature)
        case .runTaken:
            try visitor.upload(bundle, with: agent.keyPath)
            #expect(try visitor.send(announced(bundle)).status == 202)
            try controller.waitForLog("\"bundle imported\"")
            bundle = try visitor.seal(
                agent: "DEMO", project: "DEMO", key: agent.key(),
                for: #require(agent.registration(of: "DEMO").controller), run: bundle.announcement.run)
            (status, text) = (409, "Another bundle of this run")
        case .ofAnotherProject:
            // The parts lie where the project's own would, the notification speaks of another.
            (status, text) = (403, "not entitled")
        }
        if fault != .nothingUploaded { try visitor.upload(bundle, with: agent.keyPath) }
        try expectRefusal(status, text) {
            fault == .ofAnotherProject
                ? try visitor.signed(
                    visitor.announcement(of: bundle, project: "OTHER"), as: "DEMO", with: agent.key())
                : try announced(bundle)
        }
        #expect(try controller.count("tag") == (fault == .runTaken ? 1 : 0))
    }

    // MARK: SSH

    @Test(arguments: [
        "cd ../OTHER", "ls ../OTHER", "put own /tmp/gathering-escaped", "put own ../OTHER/export/escaped",
        "get ../../../controller.sqlite", "get /etc/passwd", "symlink /etc/passwd export/link\nget export/link",
        "symlink ../OTHER export/way\nput own export/way/export/escaped", "rename export ../OTHER/taken",
    ]) func anUploadOutsideTheAgentsDirectory(commands: String) throws {
        try Files.write("own\n".utf8, to: "\(directory.path)/own")
        let before = try state()
        let ran = try visitor.sftp(
            ["lcd \(directory.path)"] + commands.split(separator: "\n").map(String.init), with: agent.keyPath)
        #expect(ran.status == 1, "\(ran)")
        #expect(try state() == before)
        #expect(try Files.status("/tmp/gathering-escaped") == nil)
        for taken in ["controller.sqlite", "passwd", "link"] {
            #expect(try Files.status("\(directory.path)/\(taken)")?.size ?? 0 == 0)
        }
    }

    /// What others have in the spool.
    private func state() throws -> String {
        try Ran.script("cd \"$1\"/spool/incoming; find . -path ./DEMO -prune -o -print | sort", controller.state)
            .required().output
    }

    @Test(arguments: [[], ["id"], ["sh", "-c", "id"], ["internal-sftp; id"]])
    func anythingButFileTransfer(words: [String]) throws {
        let ran = try visitor.ssh(words, with: agent.keyPath)
        #expect(ran.status != 0, "\(ran)")
        #expect(!ran.output.contains("uid="), "\(ran)")
        #expect(ran.output.contains("expected file transfer by SFTP"), "\(ran)")
    }

    @Test func aKeyThatNobodyEnrolled() throws {
        let key = "\(directory.path)/stranger"
        try SigningKey.generate().save(key)
        let ran = try visitor.ssh(["internal-sftp"], with: key)
        #expect(ran.status == 255, "\(ran)")
        #expect(ran.output.contains("Permission denied"))
    }

    @Test func theKeyOfAnAgentThatWasRevoked() throws {
        #expect(try visitor.sftp(["ls"], with: agent.keyPath).status == 0)
        try controller.command("agents", "revoke", "DEMO").required()
        #expect(try visitor.ssh(["internal-sftp"], with: agent.keyPath).output.contains("Permission denied"))
        try expectRefusal(403, "not enrolled") { try visitor.signed(Self.status, as: "DEMO", with: agent.key()) }
    }
}
