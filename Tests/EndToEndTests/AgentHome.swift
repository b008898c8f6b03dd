import ControllerAPI
import Cryptography
import Files
import TestSupport

/// The directory of an agent, and the program that works in it.
final class AgentHome: Sendable {
    let path: String
    private let program: String

    /// - Parameters:
    ///   - controller: the one whose certificate it gets and whom it asks; none for an agent without.
    ///   - settings: further lines of its `env`.
    init(
        in directory: TemporaryDirectory, name: String = "agent", controller: RunningController?,
        _ settings: [String: String] = [:]
    ) throws {
        path = "\(directory.path)/\(name) home"
        program = try BuiltProgram.path("agent")
        try Files.makeDirectory("\(path)/certs")
        if let controller {
            try Files.write(Files.read(controller.certificate), to: "\(path)/certs/controller.pem")
        }
        try write(settings, controller: controller)
    }

    /// Writes the `env` file anew.
    func write(_ settings: [String: String], controller: RunningController?) throws {
        var lines = ["JIRA_KEY": "DEMO"]
        if let controller { lines["SSH_HOST"] = controller.address }
        lines.merge(settings) { _, own in own }
        let text = lines.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'\n" }.joined()
        try Files.write(text.utf8, to: "\(path)/env", permissions: 0o600)
    }

    func run(_ words: String...) throws -> Ran {
        try Ran.program(program, words, environment: ["AGENT_HOME": path, "LOG_FORMAT": "json"])
    }

    var keyPath: String { "\(path)/.ssh/id_ed25519" }

    func key() throws -> SigningKey { try SigningKey.load(keyPath) }

    /// What the controller said at the registration of a project.
    func registration(of project: String) throws -> RegistrationAnswer {
        try RegistrationAnswer(json: Files.read("\(path)/secrets/\(project).json"))
    }
}
