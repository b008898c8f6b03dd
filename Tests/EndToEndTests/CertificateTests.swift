import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing

/// The controller gets a new certificate, and its agents follow.
@Suite struct CertificateTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    /// One that knows the controller by the key in its token alone.
    private func agent(_ name: String, _ repository: String) throws -> AgentHome {
        let token = try controller.enrol(name, "DEMO")
        return try AgentHome(
            in: directory, name: name, controller: nil,
            ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository, "AGENT_KEY": name])
    }

    private func pin() throws -> String {
        try Certificate(pem: String(decoding: Files.read(controller.certificate), as: UTF8.self)).publicKeyPin
    }

    @Test func enrolledAgentsSurviveARenewal() throws {
        let repository = try SampleRepository(in: directory)
        let demo = try agent("DEMO", repository.path)
        try demo.run("run").required()
        try controller.waitForLog("\"bundle imported\"")
        let before = try pin()

        #expect(try controller.command("certificate", "activate").status == 2)
        try controller.command("certificate", "renew").required()
        #expect(try controller.command("certificate", "renew").status == 2)
        #expect(try pin() == before)
        let waiting = try controller.command("certificate", "show").required().output
        #expect(waiting.contains("not heard of it yet: DEMO"), "\(waiting)")
        let early = try controller.command("certificate", "activate")
        #expect(early.status == 2 && early.output.contains("DEMO"), "\(early)")

        // It hears of it from the running controller; what it gathers now waits until the other certificate is in use.
        try demo.run("register").required()
        try repository.commit("third")
        let details = try #require(try demo.registration(of: "DEMO").controller)
        #expect(details.nextCertificates.count == 1 && details.sealingCertificate.publicKeyPin == before)
        let known = try controller.command("certificate", "show").required().output
        #expect(known.contains("all enrolled agents have heard of it"), "\(known)")

        // Sealed for the old certificate, announced under the new one.
        let visitor = try Visitor(controller, in: directory)
        let bundle = try visitor.seal(agent: "DEMO", project: "DEMO", key: demo.key(), for: details)
        try visitor.upload(bundle, with: demo.keyPath)
        try controller.command("certificate", "activate").required()
        #expect(try pin() != before)
        controller.stop()
        try controller.start()
        try demo.write(
            ["SOURCE_1_URL": repository.path, "SSH_HOST": controller.address, "AGENT_KEY": "DEMO"], controller: nil)
        let run = try demo.run("run")
        #expect(run.status == 0, "\(run)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
        let announcement = try visitor.signed(visitor.announcement(of: bundle), as: "DEMO", with: demo.key())
        let answer = try visitor.send(announcement)
        #expect(answer.status == 202, "\(answer)")
        #expect(try demo.registration(of: "DEMO").controller?.nextCertificates.isEmpty == true)
        #expect(try demo.registration(of: "DEMO").controller?.sealingCertificate.publicKeyPin == pin())
    }

    @Test func anActivationThatWasInterruptedIsFinishedAtTheStart() throws {
        try controller.command("certificate", "renew", "--host", "127.0.0.1", "--host", "controller.example").required()
        controller.stop()
        let next = "\(controller.state)/certificate-next"
        let content = try Files.read("\(next).pem")
        // After the key, before the certificate.
        try Files.move("\(next)-key.pem", to: "\(controller.state)/certificate-key.pem")
        try controller.start()
        #expect(try Files.read(controller.certificate) == content)
        #expect(try Files.status("\(next).pem") == nil)
        let shown = try controller.command("certificate", "show").required().output
        #expect(shown.contains("127.0.0.1 controller.example") && !shown.contains("next"), "\(shown)")
    }
}
