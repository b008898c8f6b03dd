package import Commands
package import ControllerAPI
import Files
package import Logging
package import Schedules

/// What the agent is told to do, as typed values.
package struct AgentConfiguration: Sendable {
    /// The agent's home directory, absolute. Other paths here are as well.
    package let home: String
    /// The directory of database, outbox, unfinished gatherings, secrets and local copies of repositories.
    package let state: String
    package let projects: [ProjectKey]
    /// The key under which the controller knows the agent; `nil` where there is no project.
    package let key: AgentKey?
    package let controller: HostPort?
    /// The file with the only certificates to trust for the controller; `nil` where nobody gave one.
    package let controllerCertificate: String?
    /// The controller of the enrolment token, or of the one that was used before.
    package let knownController: KnownController?
    package let userName: String?
    /// What admits the agent once.
    package let enrolmentSecret: Secret?
    package let preflightArguments: [String]
    package let period: Schedule?
    package let bigBoatPeriod: Schedule?
    package let runsOnStart: Bool
    package let isJenkinsJob: Bool
    package let outboxLimit: ByteCount
    /// What one fetch of a Git repository may write.
    package let repositoryLimit: ByteCount
    package let cleansRepositories: Bool
    package let denyList: String?
    /// Address and port of the agent's web API.
    package let listener: HostPort
    /// What clients of the web API call the agent in the header `Host`.
    package let host: String?
    /// What clients of the web API show.
    package let token: Secret?
    package let logLevel: LogLevel
    package let logStyle: LogStyle
    package let uploadsLog: Bool
    /// Where mail about failures goes; `nil` for nowhere.
    package let mail: MailConfiguration?
    /// The same with the origin of each value, the numbered sources, and all that is read elsewhere.
    package let settings: Settings

    /// Reads and checks all settings.
    /// - Throws: all faults together.
    package init(_ sources: SettingsSources) throws(ConfigurationError) {
        typealias Agent = AgentSettings
        let settings = try sources.read(Agent.all)
        let home = sources.home
        self.settings = settings
        self.home = home
        state = settings[Agent.state].map { Self.path($0, below: home) } ?? home
        let handedOver = settings[Agent.enrolmentToken]
        let enrolment = try Self.enrolment(handedOver)
        let known = try Self.known(below: state, enrolment)
        enrolmentSecret = enrolment.map { Secret($0.secret) } ?? handedOver
        knownController = known
        projects = settings[Agent.projects] ?? known?.projects ?? []
        key = settings[Agent.key] ?? known?.agent ?? Self.key(projects.first)
        controller = settings[Agent.controllerHost] ?? known.flatMap { HostPort($0.controller) }
        controllerCertificate = try Self.certificate(settings[Agent.controllerCertificate], below: home)
        userName = settings[Agent.userName]
        preflightArguments = settings[Agent.preflightArguments]
        period = settings[Agent.period]
        bigBoatPeriod = settings[Agent.bigBoatPeriod]
        runsOnStart = settings[Agent.runsOnStart]
        isJenkinsJob = settings[Agent.jenkinsURL] != nil
        outboxLimit = settings[Agent.outboxLimit]
        repositoryLimit = settings[Agent.repositoryLimit]
        cleansRepositories = settings[Agent.cleansRepositories]
        denyList = settings[Agent.denyList]
        listener = HostPort(host: settings[Agent.listenAddress].host, port: settings[Agent.listenPort])
        host = settings[Agent.host]
        token = settings[Agent.token]
        logLevel = settings[Agent.logLevel]
        logStyle = settings[Agent.logFormat]
        uploadsLog = settings[Agent.uploadsLog]
        mail = try MailConfiguration(settings) { Self.path($0, below: home) }
    }

    /// Where the agent's settings come from. What the reference's files say is added to it before it is read.
    package static func sources(
        environment: [String: String], overrides: [SettingOverride] = []
    ) -> SettingsSources {
        SettingsSources(home: AgentSettings.home.name, environment: environment, overrides: overrides)
    }

    /// A path as a setting gives it, below the home directory unless it begins with a slash.
    package func path(_ path: String) -> String { Self.path(path, below: home) }

    /// The first project's key serves as the agent's; both are of one alphabet.
    private static func key(_ project: ProjectKey?) -> AgentKey? {
        guard let project else { return nil }
        do { return try AgentKey(project.text) } catch { return nil }
    }

    /// The token, unless it is the secret alone.
    private static func enrolment(_ token: Secret?) throws(ConfigurationError) -> EnrolmentToken? {
        guard let text = token?.revealed, EnrolmentToken.isOne(text) else { return nil }
        do throws(WireError) {
            return try EnrolmentToken(text)
        } catch {
            throw ConfigurationError([.init(.badValue, AgentSettings.enrolmentToken.name, "\(error)")])
        }
    }

    private static func known(
        below state: String, _ token: EnrolmentToken?
    ) throws(ConfigurationError) -> KnownController? {
        do {
            return try KnownController.read(below: state, token: token)
        } catch {
            throw ConfigurationError([.init(.unreadable, "\(state)/controller.json", "\(error)")])
        }
    }

    /// The certificate file that is set, else the usual one where it exists.
    private static func certificate(_ path: String?, below home: String) throws(ConfigurationError) -> String? {
        if let path { return Self.path(path, below: home) }
        let usual = "\(home)/certs/controller.pem"
        do throws(FileError) {
            return try Files.status(usual) == nil ? nil : usual
        } catch {
            throw ConfigurationError([.init(.unreadable, AgentSettings.controllerCertificate.name, "\(error)")])
        }
    }

    private static func path(_ path: String, below home: String) -> String {
        path.hasPrefix("/") ? path : "\(home)/\(path)"
    }
}
