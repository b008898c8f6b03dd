package import ControllerAPI
package import Logging
package import Schedules

/// The one declaration of what can be set for the agent. `env.example`, `agent config` and the manual's table are
/// made from it, in this order.
package enum AgentSettings {
    private static let agent = "The agent"

    package static let home = Setting<String?>(
        "AGENT_HOME", agent, .path, otherwise: "the working directory; /home/agent in the image",
        example: "/home/agent",
        """
        The directory that holds everything of the agent: environment files, keys, secrets, the outbox and the \
        export directories. Relative paths in other settings begin there. It cannot be set in a file, because the \
        files are found through it.
        """)

    package static let state = Setting<String?>(
        "AGENT_STATE", agent, .path, otherwise: "AGENT_HOME itself; /home/agent/state in the image",
        example: "/var/lib/gathering-agent",
        """
        The directory for what the agent keeps for itself: its database, the outbox, unfinished gatherings, the \
        controller's answers and the local copies of repositories. Set it where AGENT_HOME cannot be written to.
        """)

    package static let projects = Setting<[ProjectKey]?>(
        "JIRA_KEY", agent, .projects, otherwise: "nothing is gathered", example: "DEMO OTHER",
        """
        The keys of the projects whose data is gathered, parted by blanks. The controller must have enrolled the \
        agent for each of them.
        """)

    package static let key = Setting<AgentKey?>(
        "AGENT_KEY", agent, .agent, otherwise: "the first project of JIRA_KEY", example: "DEMO",
        """
        The key under which the controller knows this agent. Keep it when the order of the projects changes: another \
        key is another agent.
        """)

    private static let controller = "The controller"

    package static let controllerHost = Setting<HostPort?>(
        "SSH_HOST", controller, .hostPort,
        otherwise: "the controller of ENROLMENT_TOKEN; without one nothing is registered or delivered",
        example: "controller.example:8443",
        """
        The controller that the agent registers with and delivers to, with the port of its HTTPS server unless that \
        is 443. Where the controller receives uploads it says itself at registration.
        """)

    package static let controllerCertificate = Setting<String?>(
        "SSH_HTTPS_CERT", controller, .path,
        otherwise: "certs/controller.pem below AGENT_HOME where that file exists, else what ENROLMENT_TOKEN pins",
        example: "certs/controller.pem",
        """
        The file with the certificate, or the certificates, that the controller's must be or be signed by. With it \
        nothing else is trusted. The host name is checked in any case.
        """)

    package static let userName = Setting<String?>(
        "SSH_USERNAME", controller, .text, otherwise: "what the controller says at registration, else agent-KEY",
        example: "agent-DEMO",
        """
        The account for uploads at a controller that does not name one itself, as the Python implementation does not.
        """)

    package static let uploadPort = Setting<Int>(
        "SSH_PORT", controller, .integer(1...65535), default: "22", example: "2222",
        """
        The port of the SSH service of a controller that does not name it itself, as the Python implementation does not. Its \
        host key has to be in .ssh/known_hosts below AGENT_HOME.
        """)

    package static let enrolmentToken = Setting<Secret?>(
        "ENROLMENT_TOKEN", controller, .secret, otherwise: "the agent waits for approval at the controller",
        example: "",
        """
        The one-time token that `controller enrol` printed. It says where the controller is, how to know it, and which \
        projects the agent has, so that SSH_HOST, SSH_HTTPS_CERT and JIRA_KEY need not be set. It may be removed once the \
        agent is registered.
        """)

    package static let keyRotation = Setting<Int>(
        "KEY_ROTATION_DAYS", controller, .integer(0...3650), default: "0", example: "365",
        """
        After how many days the agent changes its key by itself, before a gathering; 0 is never. Sources that know the key \
        need the new one then. `agent keys rotate` does it at once.
        """)

    private static let gathering = "When and how to gather"

    package static let preflightArguments = Setting<[String]>(
        "PREFLIGHT_ARGS", gathering, .words, default: "", example: "--no-ssh --no-secrets",
        "Further arguments of the preflight checks that come before each gathering; see `agent preflight --help`.")

    package static let period = Setting<Schedule?>(
        "CRON_PERIOD", gathering, .schedule, otherwise: "the daemon gathers only when it is asked to", example: "daily",
        """
        How often the daemon gathers: 15min, hourly (on the hour), daily (at 02:00), weekly (Saturdays at 03:00), monthly \
        (on the 1st at 05:00), twice-daily, a time such as 90min or 12h, or the five fields of a crontab line, in the \
        local time of the machine (TZ). Each agent is later than that by a time of its own, a tenth of the period or half \
        an hour at most, so that not all ask the controller at once. The controller's own schedule may still say at \
        preflight that it is not yet time.
        """)

    package static let bigBoatPeriod = Setting<Schedule?>(
        "BIGBOAT_PERIOD", gathering, .schedule, otherwise: "the state of BigBoat dashboards is not gathered",
        example: "15min",
        "How often the daemon gathers the state of the BigBoat dashboard of the first project, written as CRON_PERIOD is."
    )

    package static let runsOnStart = Setting<Bool>(
        "RUN_ON_START", gathering, .flag, default: "no", example: "yes",
        """
        Whether the daemon gathers at its start. Without it a first start waits for its period, and a later one makes up \
        for what was missed.
        """)

    package static let jenkinsURL = Setting<String?>(
        "JENKINS_URL", gathering, .text, otherwise: "daemon mode", example: "https://jenkins.example/",
        """
        Set by Jenkins for its jobs. Where it is set, `agent` without a command gathers every project once, now, and \
        ends with a status that tells how it went; otherwise it stays as a daemon.
        """)

    package static let outboxLimit = Setting<ByteCount>(
        "OUTBOX_LIMIT", gathering, .byteCount, default: "2GiB",
        """
        How much may wait for delivery. At the limit the agent stops gathering and says so, until the controller has \
        taken some of it; it never drops anything.
        """)

    package static let repositoryLimit = Setting<ByteCount>(
        "REPOSITORY_LIMIT", gathering, .byteCount, default: "20GiB",
        """
        How much a Git server may send for a repository at once. Beyond it the source fails, so that no server can fill the \
        disk.
        """)

    package static let cleansRepositories = Setting<Bool>(
        "cleanupRepos", gathering, .flag, default: "no", example: "yes",
        """
        Whether the local copies of repositories are removed after each successful gathering. That saves disk space and \
        costs a whole new copy each time.
        """)

    package static let denyList = Setting<String?>(
        "GATHERER_URL_BLACKLIST", gathering, .text, otherwise: "no URL is refused",
        example: "*://*.slow.example,http://10.*",
        """
        URLs that are never contacted: patterns of the form SCHEME://HOST/PATH, parted by commas, with http, https or * \
        as scheme and * for any text. A pattern also matches what is below its path. What is no such pattern is \
        left out with a warning.
        """)

    package static let rateLimitShare = Setting<Double>(
        "RATE_LIMIT_SHARE", gathering, .share, default: "0.5", example: "0.8",
        """
        How much of a server's limit of requests the agent may use up, above 0 and up to 1. The rest is left to the team whose \
        token it is.
        """)

    package static let secureProxy = Setting<Secret?>(
        "HTTPS_PROXY", gathering, .secret, otherwise: "no proxy", example: "http://proxy.example:3128",
        "The proxy for HTTPS, with USER:PASSWORD@ in front of the host if need be."
    )

    package static let proxyBypass = Setting<String?>(
        "NO_PROXY", gathering, .text, otherwise: "all hosts are reached through the proxy",
        example: "localhost,.intern.example",
        "Hosts and domains that are reached without the proxy, parted by commas.")

    private static let privacy = "Privacy"

    package static let pseudonymise = Setting<PseudonymChoice>(
        "PSEUDONYMISE", privacy, .choice, default: "all", example: "reference",
        """
        What is replaced by pseudonyms: all personal values, or with reference only those that the Python implementation \
        replaced, so that importers which do the rest themselves can go on. Documentation/privacy.md has the list.
        """)

    package static let scrubbing = Setting<TextScrubbing>(
        "SCRUB_TEXT", privacy, .choice, default: "auto", example: "off",
        """
        Whether e-mail addresses, logins and names of people are replaced in messages, comments, titles and paths as well: \
        on, off, or auto for on where PSEUDONYMISE is all.
        """)

    private static let lists = "Lists and directories"

    package static let directoryPassword = Setting<Secret?>(
        "LDAP_PASSWORD", lists, .secret, otherwise: "manager_password of [ldap] in the settings file", example: "",
        "The password for the directory whose groups have the members of projects.")

    package static let dropinsPassword = Setting<Secret?>(
        "DROPINS_PASSWORD", lists, .secret, otherwise: "password of [dropins] in the settings file", example: "",
        "The password for the WebDAV server that tables are fetched from which somebody made beforehand.")

    package static let seatFiles = Setting<[String]>(
        "SEATS_FILES", lists, .words, default: "", example: "plans/forecast-*.xlsx",
        "Spreadsheets with the seats of teams, as patterns of a shell. Without one, no seats are gathered.")

    package static let seatPlan = Setting<String>(
        "SEATS_PLAN", lists, .path, default: "config/seats.json",
        "The file that says how the spreadsheets are to be read; see the page of the connector.")

    package static let topdeskFile = Setting<String>(
        "GATHERER_TOPDESK_FILE", lists, .path, default: "config/topdesk.cfg",
        "The file that says which reservations of rooms are a project's. Where it is missing, none are gathered.")

    package static let topdeskDump = Setting<String>(
        "TOPDESK_DUMP", lists, .path, default: "topdesk-reservations.csv",
        "The reservations of rooms, as somebody has dumped them from Topdesk.")

    package static let topdeskListedOnly = Setting<Bool>(
        "TOPDESK_WHITELIST_ONLY", lists, .flag, default: "no", example: "yes",
        "Whether only those reservations are gathered that a whitelist has.")

    private static let webAPI = "The agent's own web API"

    package static let listenAddress = Setting<HostPort>(
        "AGENT_LISTEN", webAPI, .host, default: "127.0.0.1", example: "0.0.0.0",
        "The address that the daemon's web API listens on. Other machines reach it only when this is not a loopback address."
    )

    package static let listenPort = Setting<Int>(
        "AGENT_PORT", webAPI, .integer(1...65535), default: "7070", "The port of the daemon's web API.")

    package static let host = Setting<String?>(
        "AGENT_HOST", webAPI, .text, otherwise: "localhost and the loopback addresses, with the port",
        example: "agent.example:7070",
        """
        The name, with the port unless it is 80, that clients of the web API use for the agent: what their requests say in \
        the header Host, letter for letter. Requests that say something else start nothing.
        """)

    package static let token = Setting<Secret?>(
        "AGENT_TOKEN", webAPI, .secret, otherwise: "only /status, /healthz and /readyz answer, except on loopback",
        example: "",
        """
        The secret that clients of the web API show as a bearer token. It is needed for all but the simple questions \
        whether the agent is alive, unless the API listens on a loopback address only.
        """)

    private static let logs = "Logs"

    package static let logLevel = Setting<LogLevel>(
        "LOG_LEVEL", logs, .logLevel, default: "INFO", example: "DEBUG",
        "The least that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.")

    package static let logFormat = Setting<LogStyle>(
        "LOG_FORMAT", logs, .choice, default: "auto", example: "json",
        "The form of log lines: human for people, json for programs, auto for the first on a terminal and else the second."
    )

    package static let uploadsLog = Setting<Bool>(
        "AGENT_LOGGING", logs, .flag, default: "no", example: "yes",
        "Whether log lines of level WARNING and above are sent to the controller as well. They hold no data of the projects."
    )

    private static let files = "Configuration files of the Python implementation"

    package static let settingsFile = Setting<String>(
        "GATHERER_SETTINGS_FILE", files, .path, default: "config/settings.cfg",
        "The file with settings in the INI form, read where it exists. Environment variables win over it.")

    package static let credentialsFile = Setting<String>(
        "GATHERER_CREDENTIALS_FILE", files, .path, default: "config/credentials.cfg",
        """
        The file with a section of credentials for each host in the INI form, read where it exists. Settings of \
        a numbered source win over it.
        """)

    package static let sourceKeyPath = Setting<String?>(
        "SOURCE_<n>_CREDENTIALS_ENV", files, .path, otherwise: "no key", example: ".ssh/id_rsa",
        """
        The private key for SSH that an `env` option in the credentials file refers to by the name of this variable. \
        The option may also name any other variable.
        """)

    package static let sources = SourceSettingsFamily()

    /// All of them.
    package static let all: [SettingDeclaration] =
        [
            home.declaration, state.declaration, projects.declaration, key.declaration, controllerHost.declaration,
            controllerCertificate.declaration, userName.declaration, uploadPort.declaration, enrolmentToken.declaration,
            keyRotation.declaration,
            preflightArguments.declaration, period.declaration, bigBoatPeriod.declaration, runsOnStart.declaration,
            jenkinsURL.declaration,
            outboxLimit.declaration, repositoryLimit.declaration, cleansRepositories.declaration, denyList.declaration,
            rateLimitShare.declaration,
            secureProxy.declaration, proxyBypass.declaration,
        ] + sources.all + [
            pseudonymise.declaration, scrubbing.declaration, directoryPassword.declaration, dropinsPassword.declaration,
            seatFiles.declaration, seatPlan.declaration,
            topdeskFile.declaration, topdeskDump.declaration, topdeskListedOnly.declaration,
            listenAddress.declaration, listenPort.declaration, host.declaration, token.declaration,
            logLevel.declaration, logFormat.declaration, uploadsLog.declaration,
        ] + MailSettings.all + [
            settingsFile.declaration, credentialsFile.declaration, sourceKeyPath.declaration,
        ]
}

/// What `PSEUDONYMISE` can say.
package enum PseudonymChoice: String, CaseIterable, Sendable {
    case all, reference
}

/// What `SCRUB_TEXT` can say.
package enum TextScrubbing: String, CaseIterable, Sendable {
    case auto, on, off
}
