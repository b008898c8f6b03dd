import ControllerAPI
import Files
import Glibc
import Processes
import TestSupport

/// An agent's home with one fault, and what stands around it.
final class FaultyPlace {
    let directory: TemporaryDirectory
    let home: String
    /// Lines of the agent's `env`.
    var settings = ["JIRA_KEY": "DEMO", "SOURCE_1_URL": "/nowhere/demo.git", "SOURCE_1_NAME": "demo"]
    /// What the agent is started by, e.g. another program that takes rights from it.
    var wrapper: [String] = []
    /// What has to live as long as the command runs.
    private var companions: [Any] = []

    init() throws {
        directory = try TemporaryDirectory()
        home = "\(directory.path)/home"
        try Files.makeDirectory(home)
    }

    func keep(_ companion: Any) { companions.append(companion) }

    func write(_ text: String, to path: String, permissions: UInt32 = 0o600) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        if !parent.isEmpty { try Files.makeDirectory("\(home)/\(parent)", permissions: 0o700) }
        try Files.write(text.utf8, to: "\(home)/\(path)", permissions: permissions)
    }

    func run(_ words: [String]) throws -> Ran {
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'\n" }.joined()
        if try Files.status("\(home)/env") == nil { try write(lines, to: "env") }
        let command = wrapper + [try BuiltProgram.path("agent")] + words
        return try Ran.program(
            command[0], Array(command.dropFirst()), environment: ["AGENT_HOME": home, "LOG_FORMAT": "json"])
    }

    /// A controller that answers as the test says.
    @discardableResult
    func controller(
        validity: TestCertificate.Validity = .current, clockLead: Int = 0, trusted: Bool = true
    ) throws -> ScriptedController {
        let controller = try ScriptedController(in: directory, validity: validity, clockLead: clockLead)
        settings["SSH_HOST"] = controller.address
        let certificate =
            trusted
            ? controller.certificate : try TestCertificate(in: directory, name: "another")
        settings["SSH_HTTPS_CERT"] = certificate.certificate
        try controller.answer("/auth/version", [(200, #"{"up_to_date":true,"version":"0.1.0"}"#)])
        let fine = StatusAnswer(StatusPart.Name.known.map { StatusPart($0, isOK: true) })
        try controller.answer("/auth/status", [(200, String(decoding: fine.json(), as: UTF8.self))])
        keep(controller)
        return controller
    }

    /// Makes the agent run with a small or frozen file system in place of its state.
    /// - Parameter script: mounts it at `$1`.
    func mount(_ script: String) throws {
        let state = "\(directory.path)/state"
        try Files.makeDirectory(state)
        settings["AGENT_STATE"] = state
        let user = geteuid() == 0 ? [] : ["--map-root-user"]
        wrapper =
            ["unshare", "--mount"] + user + ["bash", "-c", "\(script)\nshift\nexec \"$@\"", "bash", state]
    }

    static let canMount =
        Shell.run(
            "unshare --mount $([ \"$(id -u)\" = 0 ] || echo --map-root-user) mount -t tmpfs tmpfs /mnt"
        ).status == 0

    /// Runs the agent so that permissions hold for it, whoever it is.
    func obeyPermissions() {
        guard geteuid() == 0 else { return }
        wrapper = [
            "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search",
        ]
    }
}
