package import Commands
package import ControllerAPI
package import Logging

/// What the controller is told to do, as typed values.
package struct ControllerConfiguration: Sendable {
    /// The controller's home directory, absolute.
    package let home: String
    /// Names and addresses under which agents reach it; none means the machine's own.
    package let hosts: [HostPort]
    package let legacyAgents: LegacyAgents
    /// The address of the PostgreSQL database; `nil` for SQLite in the home directory.
    package let store: Secret?
    /// What salts in the store are encrypted with; `nil` leaves them as they are.
    package let saltsKey: Secret?
    package let migration: Migration
    /// How long sealed bundles are kept; 0 is for ever.
    package let retentionDays: Int
    /// What has to be free where the spool is.
    package let spoolReserve: ByteCount
    package let metricsToken: Secret?
    /// Address and port of the HTTPS server.
    package let listener: HostPort
    package let sshPort: Int
    /// The proxies whose word on the client's address counts.
    package let trustedProxies: [IPNetwork]
    /// From where agents may come whose project has no list of its own; `nil` where nobody has said.
    package let defaultNetworks: [IPNetwork]?
    /// From where people may open the fleet page; `nil` is this machine alone.
    package let operatorNetworks: [IPNetwork]?
    package let scheduleDays: Int
    package let scheduleDriftMinutes: Int
    package let agentQuota: ByteCount
    /// A file of lines `NAME=value` for the environment of agents.
    package let agentEnvironment: String?
    /// After how many days a project without a schedule is overdue; 0 is never.
    package let overdueDays: Int
    /// Where files of rows go, absolute; `nil` for nowhere.
    package let fileSinkDirectory: String?
    /// The cluster that gets rows; `nil` for none.
    package let searchSink: SearchSinkConfiguration?
    /// The job that is started after each import; `nil` for none.
    package let job: JobConfiguration?
    package let logLevel: LogLevel
    package let logStyle: LogStyle
    /// Where mail about overdue agents goes; `nil` for nowhere.
    package let mail: MailConfiguration?
    /// The same with the origin of each value.
    package let settings: Settings

    /// Reads the process's environment, the files `env` and `config/env` in the home directory, and the options.
    package init(
        environment: [String: String], overrides: [SettingOverride] = []
    ) throws(ConfigurationError) {
        typealias Controller = ControllerSettings
        let sources = SettingsSources(
            home: Controller.home.name, otherwise: "controller", environment: environment, overrides: overrides)
        let home = sources.home
        self.home = home
        settings = try sources.read(Controller.all)
        hosts = settings[Controller.hosts] ?? []
        legacyAgents = settings[Controller.legacyAgents]
        store = settings[Controller.store]
        saltsKey = settings[Controller.saltsKey]
        migration = settings[Controller.migrate]
        retentionDays = settings[Controller.retention]
        spoolReserve = settings[Controller.spoolReserve]
        metricsToken = settings[Controller.metricsToken]
        listener = HostPort(host: settings[Controller.listenAddress].host, port: settings[Controller.listenPort])
        sshPort = settings[Controller.sshPort]
        trustedProxies = settings[Controller.trustedProxies] ?? []
        defaultNetworks = settings[Controller.defaultNetworks]
        operatorNetworks = settings[Controller.operatorNetworks]
        scheduleDays = settings[Controller.scheduleDays]
        scheduleDriftMinutes = settings[Controller.scheduleDrift]
        agentQuota = settings[Controller.agentQuota]
        agentEnvironment = settings[Controller.agentEnvironment].map { [home] in
            $0.hasPrefix("/") ? $0 : "\(home)/\($0)"
        }
        overdueDays = settings[Controller.overdueDays]
        fileSinkDirectory = settings[Controller.fileSink].map { [home] in $0.hasPrefix("/") ? $0 : "\(home)/\($0)" }
        searchSink = try SearchSinkConfiguration(settings) { [home] in $0.hasPrefix("/") ? $0 : "\(home)/\($0)" }
        job = try JobConfiguration(settings) { [home] in $0.hasPrefix("/") ? $0 : "\(home)/\($0)" }
        logLevel = settings[Controller.logLevel]
        logStyle = settings[Controller.logFormat]
        mail = try MailConfiguration(settings) { $0.hasPrefix("/") ? $0 : "\(home)/\($0)" }
    }
}
