import Configuration
import Files

/// The file of `CONTROLLER_ENV_FILE`: lines `NAME=value` that agents get into their environment when they may gather.
struct AgentEnvironment {
    private let path: String

    init(_ path: String) { self.path = path }

    /// The file as it is now; it may change while the controller works.
    /// - Throws: `FileError`; `ConfigurationError` for lines that agents could not read.
    func text() throws -> String {
        let content = try Files.read(path, limit: ControllerVariables.limit)
        let faults = EnvironmentFile(content, path: path).faults
        guard faults.isEmpty else { throw ConfigurationError(faults) }
        return String(decoding: content, as: UTF8.self)
    }
}
