package import ControllerAPI
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

    package static let saltsKey = Setting<Secret?>(
        "SALTS_KEY", controller, .longSecret, otherwise: "salts lie in the store as they are",
        example: "<long random text>",
        """
        Encrypts the salts behind pseudonyms in the store, so that who can read the store cannot try out names; those that \
        are there are encrypted when the controller next starts. Without this key no pseudonym can be made again: keep it as \
        long as the store, and not with it. `openssl rand -base64 32` makes one.
        """)

    package static let migrate = Setting<Migration>(
        "MIGRATE", controller, .choice, default: "auto", example: "never",
        """
        Whether a new version changes the tables of the store when it first opens it: auto, or never, for operators who \
        do it themselves with `controller db migrate --backup FILE`.
        """)

    package static let retention = Setting<Int>(
        "RETENTION_DAYS", controller, .integer(0...3650), default: "0", example: "90",
        """
        How many days the sealed bundles are kept that were imported, those in quarantine, and uploads that nobody \
        finished; 0 is for ever. Imported rows stay; `controller purge` removes them.
        """)

    package static let spoolReserve = Setting<ByteCount>(
        "SPOOL_RESERVE", controller, .byteCount, default: "256MiB", example: "4GiB",
        "How much has to be free where the spool is; below it /readyz says that the controller is not ready.")

    package static let metricsToken = Setting<Secret?>(
        "METRICS_TOKEN", controller, .secret, otherwise: "/metrics is for this machine alone",
        example: "<long random text>", "The bearer token for which /metrics is told to other machines.")

    private static let agents = "What agents may do"
    private static let page = "The fleet page"

    package static let defaultNetworks = Setting<[IPNetwork]?>(
        "AGENT_NETWORKS", agents, .networks,
        otherwise: "from anywhere for agents that sign their requests, from nowhere for others",
        example: "192.0.2.0/24 2001:db8::/32",
        """
        The networks from which agents may come whose project has no list of its own (`controller networks`), parted by \
        blanks.
        """)

    package static let operatorNetworks = Setting<[IPNetwork]?>(
        "OPERATOR_NETWORKS", page, .networks, otherwise: "from this machine alone",
        example: "10.1.0.0/16 2001:db8:1::/48",
        """
        The networks from which people may open the fleet page, parted by blanks; who logs in needs an account besides \
        (`controller users add`).
        """)

    package static let trustedProxies = Setting<[IPNetwork]?>(
        "TRUSTED_PROXIES", agents, .networks, otherwise: "nobody's", example: "192.0.2.10",
        "The addresses of reverse proxies whose header X-Forwarded-For says where a client is, parted by blanks.")

    package static let scheduleDays = Setting<Int>(
        "SCHEDULE_DAYS", agents, .integer(0...365), default: "0", example: "1",
        "How many days lie between two gatherings of a project that has no schedule of its own; 0 is whenever it asks.")

    package static let scheduleDrift = Setting<Int>(
        "SCHEDULE_DRIFT_MINUTES", agents, .integer(0...10080), default: "0", example: "30",
        """
        By how many minutes a gathering may be due earlier or later, so that agents that wake at the same moment spread \
        out.
        """)

    package static let agentQuota = Setting<ByteCount>(
        "AGENT_QUOTA", agents, .byteCount, default: "8GiB", example: "20GiB",
        "How much may lie in an agent's upload directory; beyond it the agent is told to wait.")

    package static let agentEnvironment = Setting<String?>(
        "CONTROLLER_ENV_FILE", agents, .path, otherwise: "nothing is handed out", example: "agent.env",
        """
        A file of lines NAME=value that agents get into their environment when they may gather, below the home directory \
        unless it begins with a slash.
        """)

    package static let overdueDays = Setting<Int>(
        "OVERDUE_DAYS", agents, .integer(0...3650), default: "0", example: "3",
        """
        After how many days without a delivery a project is overdue that has no schedule; one that has is after two of its \
        periods. 0 is never. With SMTP_SERVER set, mail tells of it once, and once more when it is delivered again.
        """)

    private static let sinks = "Where rows go besides the store"

    package static let fileSink = Setting<String?>(
        "NDJSON_DIRECTORY", sinks, .path, otherwise: "nowhere", example: "/srv/rows",
        """
        A directory that gets a file of one JSON object a line for each table of each bundle that is imported, below the \
        home directory unless it begins with a slash.
        """)

    package static let searchAddress = Setting<String?>(
        "OPENSEARCH_URL", sinks, .url, otherwise: "nowhere", example: "https://search.example:9200",
        "The OpenSearch or Elasticsearch cluster that gets each imported row as a document.")

    package static let searchUser = Setting<String?>(
        "OPENSEARCH_USER", sinks, .text, otherwise: "no login", example: "gathering", "The name to log in there with.")

    package static let searchPassword = Setting<Secret?>(
        "OPENSEARCH_PASSWORD", sinks, .secret, otherwise: "no login", example: "<password>",
        "The password of OPENSEARCH_USER.")

    package static let searchKey = Setting<Secret?>(
        "OPENSEARCH_API_KEY", sinks, .secret, otherwise: "none", example: "<key>",
        "An encoded key of Elasticsearch's interface, in place of user and password.")

    package static let searchAuthority = Setting<String?>(
        "OPENSEARCH_CA", sinks, .path, otherwise: "the system's authorities", example: "certs/search.pem",
        "A PEM file with the only authorities to trust for the cluster.")

    package static let searchPrefix = Setting<String>(
        "OPENSEARCH_PREFIX", sinks, .indexPrefix, default: "gathering", example: "quality",
        "What names of indexes begin with; a hyphen and the name of the table follow.")

    private static let job = "A job of Jenkins after each import"

    package static let jobAddress = Setting<String?>(
        "JENKINS_JOB_URL", job, .url, otherwise: "no job is started", example: "https://jenkins.example/job/import",
        """
        The job of Jenkins that is started for each bundle once it is imported: its address, with folders as \
        /job/FOLDER/job/NAME. It gets the project as its parameter listOfProjects.
        """)

    package static let jobUser = Setting<String?>(
        "JENKINS_JOB_USER", job, .text, otherwise: "no login", example: "gathering", "The name to log in there with.")

    package static let jobPassword = Setting<Secret?>(
        "JENKINS_JOB_PASSWORD", job, .secret, otherwise: "no login", example: "<token>",
        "The password of JENKINS_JOB_USER, or better a token of that user's.")

    package static let jobToken = Setting<Secret?>(
        "JENKINS_JOB_TOKEN", job, .secret, otherwise: "none", example: "<token>",
        "The job's own token, where it has one (Trigger builds remotely).")

    package static let jobAuthority = Setting<String?>(
        "JENKINS_JOB_CA", job, .path, otherwise: "the system's authorities", example: "certs/jenkins.pem",
        "A PEM file with the only authorities to trust for Jenkins.")

    package static let jobJira = Setting<String?>(
        "JENKINS_JOB_JIRA", job, .url, otherwise: "the job's own", example: "https://jira.example",
        "The Jira server that the job shall ask; it gets it as its parameter jiraParameters.")

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
            home.declaration, hosts.declaration, legacyAgents.declaration, store.declaration, saltsKey.declaration,
            migrate.declaration,
            retention.declaration, spoolReserve.declaration, metricsToken.declaration,
            operatorNetworks.declaration, defaultNetworks.declaration, trustedProxies.declaration,
            scheduleDays.declaration,
            scheduleDrift.declaration, agentQuota.declaration, agentEnvironment.declaration,
            overdueDays.declaration, fileSink.declaration, searchAddress.declaration, searchUser.declaration,
            searchPassword.declaration, searchKey.declaration, searchAuthority.declaration, searchPrefix.declaration,
            jobAddress.declaration, jobUser.declaration, jobPassword.declaration, jobToken.declaration,
            jobAuthority.declaration, jobJira.declaration,
            listenAddress.declaration, listenPort.declaration, sshPort.declaration, logLevel.declaration,
            logFormat.declaration,
        ] + MailSettings.all
}

/// What agents that do not sign their requests may do.
package enum LegacyAgents: String, CaseIterable, Sendable {
    case deny
    case enrolledOnly = "enrolled-only"
    case allow
}

/// Who changes the tables of the store for a new version.
package enum Migration: String, CaseIterable, Sendable {
    /// The program, when it opens the store.
    case auto
    /// An operator.
    case never
}
