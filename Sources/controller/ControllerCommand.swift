import Commands
import Configuration
import Lifecycle

/// The command line of the controller.
enum ControllerCommand {
    private static let state = Command.Option.value(
        "state", named: "DIR", accepting: .directory, help: "the directory that holds everything of the controller",
        fallback: "CONTROLLER_HOME, else ./controller", setting: ControllerSettings.home.name)

    private static let listeners: [Command.Option] = [
        .value(
            "listen", named: "ADDRESS", help: "the address that both servers listen on", fallback: "0.0.0.0",
            setting: ControllerSettings.listenAddress.name),
        .value(
            "port", named: "PORT", accepting: .integer(1...65535), help: "the port of the HTTPS server",
            fallback: "8443",
            setting: ControllerSettings.listenPort.name),
    ]
    private static let sshPort = Command.Option.value(
        "ssh-port", named: "PORT", accepting: .integer(1...65535), help: "the port of the SSH server",
        fallback: "8022",
        setting: ControllerSettings.sshPort.name)

    private static let json = Listing.option

    private static let projects = Command.Option.values(
        "project", letter: "p", named: "KEY", help: "a project that the agent may gather")

    private static let agent = Command.Argument(
        "AGENT", help: "the agent's key, upper-case letters, digits and underscores")

    static func declaration(_ shutdown: Shutdown) -> Command {
        Command(
            "controller", abstract: "enrol agents, receive what they gather, and bring it into a database",
            sharedOptions: [state],
            subcommands: [
                initialise, serve(shutdown), enrol, agents, projectCommands, schedule, networks, audit, trigger, runs,
                status,
                notify, AccountCommands.declaration, certificate, SaltsCommands.declaration,
                backup, restore, purge, database, receive,
                Command(
                    "health", abstract: "ask the controller on this machine whether it is alive",
                    discussion: "For container engines and monitors: it answers with the exit status.",
                    options: listeners + [
                        .flag("ready", help: "ask as well whether it can do its work: reach its store, write its spool")
                    ], exitCodes: [.success, .failure, .usage], handler: HealthCheck.run),
                Command("version", abstract: "show the version") { invocation in
                    try invocation.console.print("controller \(Version.current)")
                    return .success
                },
            ],
            examples: [
                .init("controller init --host controller.example", "make certificate, keys and database"),
                .init("controller serve", "receive and import until SIGTERM"),
                .init("controller enrol DEMO --project DEMO", "print a token: all that a new agent needs"),
                .init("ENROLMENT_TOKEN=... agent register", "on the agent's machine, with that token"),
            ])
    }

    private static let initialise = Command(
        "init", abstract: "make the certificate, the keys and the database",
        discussion: "What is there stays as it is, so that it may be run again.",
        options: [
            .values(
                "host", named: "NAME",
                help: "a name or address by which agents reach this controller",
                fallback: "CONTROLLER_HOSTS, else the machine's name and localhost")
        ],
        examples: [.init("controller init --host controller.example --host 10.0.0.7", "for two ways of reaching it")],
        handler: Administration.initialise)

    private static func serve(_ shutdown: Shutdown) -> Command {
        Command(
            "serve", abstract: "answer agents, receive their uploads and import them, until SIGTERM",
            options: listeners + [
                sshPort,
                .value(
                    "migrate", named: "auto|never", help: "whether the tables are changed as this version needs them",
                    fallback: "auto", setting: ControllerSettings.migrate.name),
            ],
            examples: [.init("controller serve --listen 127.0.0.1", "for agents on this machine only")]
        ) { invocation in try await Serving.run(invocation, shutdown) }
    }

    private static let enrol = Command(
        "enrol", abstract: "print a one-time token with which an agent may register",
        discussion: """
            The token says where this controller is, by which key to know it, what the agent is called and which projects \
            it has; it is all that an agent needs. It is shown once and kept nowhere. Set it as ENROLMENT_TOKEN where the \
            agent runs, or write it to a file, then run there: agent register --token-file FILE
            """,
        arguments: [agent],
        options: [
            projects,
            .value(
                "valid", named: "HOURS", accepting: .integer(1...8760), help: "how many hours the token may be used",
                fallback: "24"),
            .value(
                "address", named: "HOST:PORT", help: "where agents reach this controller",
                fallback: "the first of CONTROLLER_HOSTS, else the first name of the certificate, at the port in use"),
            .value(
                "certificate", named: "FILE", accepting: .file,
                help: "the certificate that agents meet, where a proxy stands before the controller",
                fallback: "the controller's own"),
        ],
        examples: [.init("controller enrol DEMO --project DEMO --project WEB", "one agent for two projects")],
        handler: Enrolling.run)

    private static let agents = Command(
        "agents", abstract: "list agents, accept or revoke their keys",
        subcommands: [
            Command("list", abstract: "list all agents", options: [json], handler: Administration.listAgents),
            Command(
                "approve", abstract: "accept the key with which a pending agent registered", arguments: [agent],
                options: [projects],
                examples: [.init("controller agents approve DEMO --project DEMO", "after comparing the fingerprint")],
                handler: Administration.approve),
            Command(
                "expect", abstract: "enter the fingerprint of a key with which an agent will register, without a token",
                arguments: [agent, .init("FINGERPRINT", help: "SHA256:..., as `ssh-keygen -l` shows it")],
                options: [projects],
                examples: [.init("controller agents expect DEMO SHA256:... --project DEMO", "for an older agent")],
                handler: Administration.expect),
            Command(
                "revoke", abstract: "shut an agent out at once, until it is approved or enrolled again",
                arguments: [agent], handler: Administration.revoke),
            Command(
                "evict", abstract: "forget an agent's key and projects; it may enrol again", arguments: [agent],
                handler: Administration.evict),
            Command(
                "ban", abstract: "shut an agent out for good: neither token nor approval helps", arguments: [agent],
                handler: Administration.ban),
            Command("unban", abstract: "lift a ban", arguments: [agent], handler: Administration.unban),
        ])

    private static let trigger = Command(
        "trigger", abstract: "have projects gathered now, outside their schedule",
        discussion: """
            Agents that run as a daemon hear of it within a second; those that are away, when they come back. Secrets, \
            networks, locks and the agent's own policy still count.
            """,
        arguments: [.init("PROJECT", .several, help: "the key of a project")],
        options: [.value("agent", named: "KEY", help: "only this one of the project's agents")],
        examples: [.init("controller trigger DEMO WEB", "both projects, by all agents that have them")],
        handler: Administration.trigger)

    private static let runs = Command(
        "runs", abstract: "list what agents delivered and what became of it",
        options: [
            .value("project", letter: "p", named: "KEY", help: "only those of this project"),
            .value(
                "last", named: "NUMBER", accepting: .integer(1...100_000), help: "how many, the newest first",
                fallback: "20"),
            json,
        ],
        examples: [.init("controller runs --project DEMO --last 5", "the last five deliveries of a project")],
        handler: RunListing.run)

    private static let status = Command(
        "status", abstract: "show how the fleet is doing: agents, bundles, what waits, and what is overdue",
        options: [json], handler: StatusReport.run)

    private static let notify = Command(
        "notify", abstract: "mail now which projects are overdue, where that has changed",
        discussion: """
            The running controller does it by itself, every ten minutes, beginning an hour after its start. Each project is \
            told of once for as long as it is overdue, and once more when it is delivered again.
            """,
        handler: StatusReport.mail)

    private static let certificate = Command(
        "certificate", abstract: "show and renew the certificate by which agents know this controller",
        discussion: """
            First `renew` makes the next certificate, and agents hear of its key at their next run; the running controller \
            needs no new start for that. When all have, `activate` puts it in the place of the one in use, from the next \
            start on. Those that were in use stay below former-certificates: kept bundles of their time open with them.
            """,
        subcommands: [
            Command(
                "show", abstract: "show the certificate, the next one, and who has not heard of it", options: [json],
                handler: CertificateCommands.show),
            Command(
                "renew", abstract: "make the next certificate, with a key of its own",
                options: [
                    .values(
                        "host", named: "NAME",
                        help: "a name or address that it is valid for",
                        fallback: "those of the one in use")
                ],
                examples: [.init("controller certificate renew", "some weeks before the old one ends")],
                handler: CertificateCommands.renew),
            Command(
                "activate", abstract: "use the next certificate from the next start on",
                options: [.flag("anyway", help: "also when agents have not heard of it: they need a new token then")],
                examples: [.init("controller certificate activate", "then start the controller anew")],
                handler: CertificateCommands.activate),
        ])

    private static let backup = Command(
        "backup", abstract: "copy what cannot be had again into one file; also while the controller works",
        discussion: """
            In it are the database, the certificate, all keys, and bundles that are not yet imported. It is as secret as the             controller itself.
            """,
        arguments: [.init("FILE", accepting: .file, help: "the file to make, a .tar.zst")],
        examples: [.init("controller backup /backup/controller-$(date +%F).tar.zst", "one a day")],
        handler: Keeping.backup)

    private static let restore = Command(
        "restore", abstract: "bring back the state of a backup, into an empty state directory",
        arguments: [.init("FILE", accepting: .file, help: "what `controller backup` made")],
        examples: [
            .init("controller restore /backup/controller-2027-01-31.tar.zst --state /srv/controller", "elsewhere")
        ],
        handler: Keeping.restore)

    private static let purge = Command(
        "purge", abstract: "show what is older than so many days, and remove it",
        discussion: """
            Kinds: bundles, the sealed parts of what was imported; failed, bundles that could not be imported; quarantine, \
            what was refused; uploads, what agents began and never announced; rows, the rows that runs of that age \
            brought last, which agents do not deliver again; trackers, how far gathering came, without which an agent \
            that lost its state gathers everything again. Without --remove nothing is removed. What is removed leaves a \
            line in the audit trail. RETENTION_DAYS does the same every hour, but for rows and failed bundles.
            """,
        arguments: [.init("KIND", .several, help: "bundles, failed, quarantine, uploads, rows or trackers")],
        options: [
            .value(
                "older", named: "DAYS", accepting: .integer(0...36500), help: "how old it must be at least; 0 for all"),
            .value("agent", named: "KEY", help: "only what this agent delivered"),
            .value("project", letter: "p", named: "KEY", help: "only what is of this project"),
            .flag("remove", help: "remove it, rather than show what would be removed"), json,
        ],
        examples: [
            .init("controller purge bundles quarantine --older 90", "what could go"),
            .init("controller purge rows bundles --older 0 --project DEMO --remove", "all that there is of a project"),
        ],
        handler: Purging.run)

    private static let database = Command(
        "db", abstract: "look at the tables of the store, and change them for this version",
        discussion: """
            Changes go forward only. With MIGRATE=auto, as it is unless it is set, the program makes them when it first \
            opens the store; with MIGRATE=never it refuses to begin until `controller db migrate` has made them.
            """,
        subcommands: [
            Command(
                "status", abstract: "show which version of the tables the store has, and what this program needs",
                options: [json], exitCodes: [.success, .failure, .usage], handler: DatabaseCommands.status),
            Command(
                "migrate", abstract: "change the tables as this version needs them",
                options: [
                    .value(
                        "backup", named: "FILE", accepting: .file,
                        help: "make a backup first, as `controller backup` does; not with PostgreSQL")
                ],
                examples: [.init("controller db migrate --backup /backup/before-0.2.0.tar.zst", "with a way back")],
                handler: DatabaseCommands.migrate),
        ])

    private static let project = Command.Argument("PROJECT", help: "the key of the project")

    private static let projectCommands = Command(
        "projects", abstract: "list projects, lock and unlock them, and say which agents have them",
        subcommands: [
            Command(
                "list", abstract: "list all projects with their agents", options: [json],
                handler: Governing.listProjects),
            Command(
                "lock", abstract: "keep all agents from gathering a project", arguments: [project],
                options: [.value("reason", named: "TEXT", help: "why, for those who wonder")],
                examples: [.init("controller projects lock DEMO --reason 'server moves'", "until it is unlocked")],
                handler: Governing.lock),
            Command("unlock", abstract: "let agents gather it again", arguments: [project], handler: Governing.unlock),
            Command(
                "add", abstract: "let an agent have projects besides those it has",
                arguments: [agent, .init("PROJECT", .several, help: "the key of a project")],
                examples: [.init("controller projects add DEMO WEB APP", "two more for the agent DEMO")],
                handler: Governing.addProjects),
            Command(
                "remove", abstract: "take projects from an agent; what it delivered stays",
                arguments: [agent, .init("PROJECT", .several, help: "the key of a project")],
                examples: [.init("controller projects remove DEMO WEB", "it keeps its others")],
                handler: Governing.removeProjects),
        ])

    private static let schedule = Command(
        "schedule", abstract: "show or set how often projects are gathered",
        subcommands: [
            Command(
                "show", abstract: "show the schedule of each project", options: [json],
                handler: Governing.showSchedule),
            Command(
                "set", abstract: "give a project a schedule of its own", arguments: [project],
                options: [
                    .value(
                        "days", named: "DAYS", accepting: .integer(0...365),
                        help: "how many days lie between two gatherings; 0 is whenever its agent asks",
                        fallback: "SCHEDULE_DAYS"),
                    .value(
                        "drift", named: "MINUTES", accepting: .integer(0...10080),
                        help: "by how many minutes it may come earlier or later", fallback: "SCHEDULE_DRIFT_MINUTES"),
                ],
                examples: [.init("controller schedule set DEMO --days 1 --drift 30", "once a day")],
                handler: Governing.setSchedule),
            Command(
                "allow-now", abstract: "let a project be gathered once, whatever its schedule says",
                arguments: [project], handler: Governing.allowNow),
        ])

    private static let networkOptions: [Command.Option] = [
        .value("project", letter: "p", named: "KEY", help: "for one project only", fallback: "all projects"),
        .flag("visitors", help: "for those who look at results, not for agents"),
    ]
    private static let network = Command.Argument("NETWORK", help: "such as 192.0.2.0/24 or 2001:db8::/32")

    private static let networks = Command(
        "networks", abstract: "list and change from where agents and visitors may come",
        subcommands: [
            Command("list", abstract: "list all networks", options: [json], handler: Governing.listNetworks),
            Command(
                "add", abstract: "let them come from a network", arguments: [network], options: networkOptions,
                examples: [.init("controller networks add 192.0.2.0/24 --project DEMO", "agents of one project")],
                handler: Governing.addNetwork),
            Command(
                "remove", abstract: "take a network off the list", arguments: [network], options: networkOptions,
                handler: Governing.removeNetwork),
        ])

    private static let audit = Command(
        "audit", abstract: "show who was let in, refused and changed, the newest first",
        options: [
            .value("agent", named: "KEY", help: "of one agent only"),
            .value(
                "last", named: "COUNT", accepting: .integer(1...100_000), help: "how many lines", fallback: "50"),
            json,
        ],
        examples: [.init("controller audit --agent DEMO --last 10", "what happened to one agent")],
        handler: Governing.audit)

    private static let receive = Command(
        "receive", abstract: "take one agent's uploads; started by the SSH server",
        discussion: "Confines itself to the agent's directory before it serves SFTP or scp. Not for people.",
        options: [
            .value("agent", named: "KEY", help: "the agent's key"),
            .value(
                "quota", named: "BYTES", accepting: .integer(1...Int.max), help: "how much may lie in its directory",
                fallback: "8 GiB"),
            .flag("legacy", help: "the agent is one of the older system"),
        ],
        handler: Serving.receive)
}
