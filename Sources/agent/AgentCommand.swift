import Commands
import Configuration
import Lifecycle

/// The command line of the agent.
enum AgentCommand {
    private static let projects = Command.Argument(
        "PROJECT", .any, help: "keys of the projects; all of JIRA_KEY where none is given")
    private static let project = Command.Argument("PROJECT", help: "the key of the project")

    private static let preflightOptions: [Command.Option] = [
        .flag("no-ssh", help: "do not ask the controller"),
        .flag("no-secrets", help: "do not check the secrets"),
        .value(
            "secrets", named: "FILE", accepting: .file, help: "the secrets file to check",
            fallback: "secrets/PROJECT.json"),
        .value(
            "ssh", named: "HOST", help: "the controller", fallback: "SSH_HOST",
            setting: AgentSettings.controllerHost.name),
        .value(
            "cert", named: "FILE", accepting: .file, help: "the certificate to trust for the controller",
            fallback: "SSH_HTTPS_CERT", setting: AgentSettings.controllerCertificate.name),
        .flag("skip", help: "make all checks, but fail because of none"),
    ]

    /// What a step of `scrape` can be.
    static let steps = [
        "bigboat", "dropins", "environment", "jenkins", "jira", "ldap", "metric-history", "metric-options", "project",
        "rest", "seats", "sources", "topdesk", "vcs",
    ]

    /// What `PREFLIGHT_ARGS` may hold.
    static let preflightArguments = Command(
        "PREFLIGHT_ARGS", abstract: "further arguments of the checks before each gathering",
        options: preflightOptions + [
            .value(
                "log", named: "LEVEL", help: "the least that is logged", setting: AgentSettings.logLevel.name)
        ]
    ) { _ in .success }

    /// - Parameter shutdown: is asked for when the program is to end.
    static func declaration(_ shutdown: Shutdown = Shutdown()) -> Command {
        Command(
            "agent", abstract: "gather what is new about software projects, pseudonymise it, and deliver it sealed",
            discussion: """
                Settings come from the environment and from the files `env` and `config/env` in AGENT_HOME; env.example \
                explains each.
                """,
            sharedOptions: [
                .value(
                    "home", named: "DIR", accepting: .directory, help: "the agent's directory",
                    fallback: "AGENT_HOME, else .",
                    setting: AgentSettings.home.name),
                .value(
                    "log", named: "LEVEL", help: "the least that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL",
                    fallback: "LOG_LEVEL",
                    setting: AgentSettings.logLevel.name),
            ],
            subcommands: [
                Command(
                    "daemon", abstract: "gather again and again as CRON_PERIOD says, and answer on the web API",
                    discussion: """
                        Runs until SIGTERM; SIGHUP makes it read its settings again, which it also does before each gathering. \
                        'agent' alone does the same, or gathers once and ends where JENKINS_URL is set.
                        """,
                    options: [
                        .value(
                            "listen", named: "ADDRESS", help: "the address of the web API", fallback: "127.0.0.1",
                            setting: AgentSettings.listenAddress.name),
                        .value(
                            "port", named: "PORT", accepting: .integer(1...65535), help: "the port of the web API",
                            fallback: "7070", setting: AgentSettings.listenPort.name),
                    ],
                    examples: [.init("CRON_PERIOD=hourly agent daemon", "gather every hour")],
                    exitCodes: [.success, .failure, .usage]
                ) { try await Daemon.run($0, shutdown) },
                Command(
                    "status", abstract: "tell what the agent has done and will do",
                    discussion: "Works with and without a running daemon.",
                    options: [.flag("json", help: "as JSON, for programs")],
                    examples: [.init("agent status --json | jq .projects", "the latest run of each project")],
                    exitCodes: [.success, .failure, .usage], handler: StatusReport.run),
                Command(
                    "config", abstract: "show the settings, or tell what is wrong with them",
                    subcommands: [
                        Command(
                            "show", abstract: "show each setting that is set, and where its value comes from",
                            discussion: "Secrets are masked.",
                            options: [
                                .flag("all", help: "the defaults as well"),
                                .flag("json", help: "as JSON, for programs"),
                            ],
                            examples: [.init("agent config show --all", "with what nobody has set")],
                            exitCodes: [.success, .usage], handler: Configuring.show),
                        Command(
                            "check", abstract: "tell all faults of settings and sources at once",
                            discussion: "Asks nobody and changes nothing; 'agent preflight' asks the controller.",
                            examples: [.init("agent config check", "after each change")],
                            exitCodes: [.success, .usage], handler: Configuring.check),
                    ]),
                Command(
                    "register", abstract: "make the agent's key if there is none, and register it with the controller",
                    discussion:
                        """
                        Needs the token that `controller enrol` printed the first time, and nothing else. Registered before, \
                        it fetches what may have changed.
                        """,
                    arguments: [projects],
                    options: [
                        .value(
                            "token-file", named: "FILE", accepting: .file,
                            help: "a file that holds the enrolment token",
                            fallback: "ENROLMENT_TOKEN", setting: "ENROLMENT_TOKEN_FILE"),
                        .flag(
                            "gitlab",
                            help:
                                "also put the agent's public key into the GitLab accounts whose tokens the sources have"
                        ),
                    ],
                    examples: [
                        .init("agent register --token-file token", "the first time"),
                        .init("agent register DEMO", "again, for one project"),
                    ],
                    exitCodes: [.success, .failure, .usage, .tryLater], handler: Registering.run),
                Command(
                    "keys", abstract: "show the agent's key, or change it",
                    subcommands: [
                        Command(
                            "show", abstract: "show the key's fingerprint, file and age",
                            exitCodes: [.success, .failure, .usage], handler: KeyChanging.show),
                        Command(
                            "rotate",
                            abstract: "make a new key and have the controller take it in place of the old one",
                            discussion: """
                                The controller accepts the new key before it drops the old one. Interrupted at any step, the same \
                                command, and any registration, goes on with it. KEY_ROTATION_DAYS does it by the key's age.
                                """,
                            examples: [.init("agent keys rotate", "after the key may have been seen")],
                            exitCodes: [.success, .failure, .usage, .tryLater], handler: KeyChanging.rotate),
                    ]),
                Command(
                    "preflight", abstract: "check whether projects may be gathered now, a line each",
                    discussion: """
                        Status 3 says that nothing is broken and the controller does not want it now, 1 that something is \
                        broken, 75 that something cannot be reached at the moment.
                        """,
                    arguments: [projects],
                    options: preflightOptions + [
                        .flag("no-sources", help: "do not ask the sources"),
                        .flag("json", help: "as JSON, for programs"),
                    ],
                    examples: [
                        .init("agent preflight --no-ssh", "without asking the controller"),
                        .init("agent preflight --json | jq '.checks[] | select(.state == \"fail\")'", "what is broken"),
                    ],
                    exitCodes: [.success, .failure, .usage, .notNow, .tryLater], handler: Checking.run),
                Command(
                    "scrape", abstract: "gather one project into export/PROJECT only",
                    discussion: """
                        Without the project's secrets, personal values stay in the clear; such files are never sealed. What was \
                        gathered for a registered project waits there for `agent export`.
                        """,
                    arguments: [project],
                    options: [
                        .values(
                            "only", named: "STEP", accepting: .choice(steps),
                            help: "the step to take"),
                        .values(
                            "source", named: "NAME", help: "the source to gather",
                            fallback: "all"),
                        .value(
                            "since", named: "TIME",
                            help: "gather issues that changed later, e.g. '2024-04-22 10:00', in place of what is new",
                            fallback: "the end of the last gathering"),
                        .value(
                            "until", named: "TIME",
                            help: "look at metrics as they were then, e.g. '2024-06-05 12:00:00'", fallback: "now"),
                        .value(
                            "secrets", named: "FILE", accepting: .file, help: "the secrets to make pseudonyms with",
                            fallback: "secrets/PROJECT.json, else secrets.json"),
                        .value(
                            "archive", named: "DIR", accepting: .directory,
                            help: "keep every answer of a web API there, personal values in the clear",
                            fallback: "nothing is kept"),
                        .value(
                            "replay", named: "DIR", accepting: .directory,
                            help:
                                "take the answers of web APIs from an archive, without any network; commits are left out"
                        ),
                    ],
                    examples: [.init("agent scrape DEMO --only vcs", "version control only")],
                    exitCodes: [.success, .failure, .usage], handler: Scraping.run),
                Command(
                    "preview", abstract: "show what a run of a project would deliver, and deliver nothing",
                    discussion: """
                        Gathers what is new into a place of its own and forgets it again: each table with its fields, what \
                        becomes of each (kept, pseudonym, scrubbed, withheld by config/policy.json) and a sample as it would \
                        leave, the files of the bundle, its size, and the requests that were made. Update trackers and the \
                        outbox stay as they are. Hours and rate of the policy do not hold a preview off; it tells them.
                        """,
                    arguments: [project],
                    options: [
                        .flag("samples", help: "also show values as the sources have them, personal ones in the clear"),
                        .values(
                            "only", named: "STEP", accepting: .choice(steps.filter { $0 != "environment" }),
                            help: "the step to take"),
                        .values(
                            "source", named: "NAME", help: "the source to gather",
                            fallback: "all"),
                        .flag("json", help: "as JSON, for programs"),
                    ],
                    examples: [
                        .init("agent preview DEMO", "before the first run"),
                        .init(
                            "agent preview DEMO --json | jq '.tables[].fields[] | .name + \" \" + .fate'", "fields only"
                        ),
                    ],
                    exitCodes: [.success, .failure, .usage], handler: Previewing.run),
                Command(
                    "export", abstract: "seal what was gathered, and deliver what waits in the outbox",
                    arguments: [projects],
                    options: [.flag("dry-run", help: "tell what waits, and deliver nothing")],
                    examples: [.init("agent export --dry-run", "what is in the outbox")],
                    exitCodes: [.success, .failure, .usage, .tryLater], handler: Exporting.run),
                Command(
                    "run", abstract: "register, check, gather and deliver each project once",
                    arguments: [projects], options: preflightOptions,
                    examples: [
                        .init("agent run", "all projects of JIRA_KEY"),
                        .init("agent run DEMO --skip", "whatever preflight says"),
                    ],
                    exitCodes: [.success, .failure, .usage, .notNow, .tryLater]
                ) { try await Running.run($0, shutdown) },
                Command(
                    "exec", abstract: "run a command, or a shell, in the agent's directory and with its environment",
                    discussion:
                        "AGENT_HOME and AGENT_STATE are set for it. Without a command it is SHELL, else /bin/sh.",
                    arguments: [.init("WORD", .any, help: "the command and its arguments, after --")],
                    examples: [
                        .init("agent exec", "a shell"),
                        .init("agent exec -- git -C project-git-repos/DEMO/repo.git log", "one command"),
                    ], handler: Executing.run),
                Command(
                    "health", abstract: "ask the daemon on this machine whether it is alive",
                    discussion: "For container engines and monitors: it answers with the exit status.",
                    exitCodes: [.success, .failure, .usage], handler: HealthCheck.run),
                Command(
                    "doctor", abstract: "check everything, and say what to do about each fault",
                    discussion: """
                        Settings, programs, directories and their owners, keys, the way to the controller, its clock, \
                        certificates, sources, the last runs, and the outbox. It gathers nothing and makes no key. A warning keeps \
                        nothing from being gathered.
                        """,
                    options: [
                        .flag("json", help: "as JSON, for programs"),
                        .flag("no-sources", help: "do not ask the sources"),
                        .value(
                            "support", named: "FILE", accepting: .file,
                            help: "also write what helps others to help, without secrets, names, hosts or paths"),
                    ],
                    examples: [
                        .init("agent doctor", "when something is wrong"),
                        .init("agent doctor --support doctor.json", "something to send along with a question"),
                    ],
                    exitCodes: [.success, .failure, .usage, .notNow, .tryLater], handler: Doctor.run),
                Command(
                    "version", abstract: "show the version",
                    options: [.flag("check", help: "ask the controller whether it has another one")],
                    examples: [.init("agent version --check", "status 1 where the versions differ")],
                    exitCodes: [.success, .failure, .usage, .tryLater], handler: VersionReport.run),
            ],
            examples: [
                .init("agent preflight --no-ssh --no-secrets", "check this machine alone"),
                .init("agent run", "one gathering of each project"),
            ],
            exitCodes: [.success, .failure, .usage, .notNow, .tryLater]
        ) { try await Daemon.runAsConfigured($0, shutdown) }
    }
}
