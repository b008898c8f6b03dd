package import Logging

/// The one declaration of what can be set for the controller.
package enum ControllerSettings {
    private static let controller = "The controller"

    package static let home = Setting<String?>(
        "CONTROLLER_HOME", controller, .path, otherwise: "`controller` below the working directory",
        example: "/var/lib/gathering-controller",
        """
        The directory that holds everything of the controller: its database, certificate, keys and what it received. It \
        cannot be set in a file, because the files are found through it.
        """)

    package static let hosts = Setting<[HostPort]?>(
        "CONTROLLER_HOSTS", controller, .hosts, otherwise: "the machine's own host name and localhost",
        example: "controller.example 10.0.0.7",
        """
        The names and addresses under which agents reach the controller, parted by blanks. The certificate that it makes \
        for itself is valid for them; the first is where agents deliver to.
        """)

    package static let legacyAgents = Setting<LegacyAgents>(
        "LEGACY_AGENTS", controller, .choice, default: "deny", example: "enrolled-only",
        """
        Whether agents that cannot sign their requests, as the Python implementation cannot, may register and deliver: \
        deny, enrolled-only for those whose key an operator has entered, or allow.
        """)

    package static let store = Setting<Secret?>(
        "STORE", controller, .secret, otherwise: "controller.sqlite in CONTROLLER_HOME",
        example: "postgresql://gathering@db.example/gathering",
        """
        The PostgreSQL database that holds the controller's tables and those that analysts query, as libpq takes it. \
        Several controllers may share one; each has a CONTROLLER_HOME of its own with the same certificate and keys, and \
        the same volume as its `spool`.
        """)

    private static let network = "Where it listens"

    package static let listenAddress = Setting<HostPort>(
        "CONTROLLER_LISTEN", network, .host, default: "0.0.0.0", example: "127.0.0.1",
        "The address that both servers listen on.")

    package static let listenPort = Setting<Int>(
        "CONTROLLER_PORT", network, .integer(1...65535), default: "8443", "The port of the HTTPS server.")

    package static let sshPort = Setting<Int>(
        "CONTROLLER_SSH_PORT", network, .integer(1...65535), default: "8022",
        "The port of the SSH server that receives uploads.")

    private static let logs = "Logs"

    package static let logLevel = Setting<LogLevel>(
        "LOG_LEVEL", logs, .logLevel, default: "INFO", example: "DEBUG",
        "The least that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.")

    package static let logFormat = Setting<LogStyle>(
        "LOG_FORMAT", logs, .choice, default: "auto", example: "json",
        "The form of log lines: human for people, json for programs, auto for the first on a terminal and else the second."
    )

    /// All of them.
    package static let all: [SettingDeclaration] =
        [
            home.declaration, hosts.declaration, legacyAgents.declaration, store.declaration, listenAddress.declaration,
            listenPort.declaration, sshPort.declaration, logLevel.declaration, logFormat.declaration,
        ] + MailSettings.all
}

/// What agents that do not sign their requests may do.
package enum LegacyAgents: String, CaseIterable, Sendable {
    case deny
    case enrolledOnly = "enrolled-only"
    case allow
}
