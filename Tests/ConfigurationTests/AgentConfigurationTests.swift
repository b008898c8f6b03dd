import Commands
import Configuration
import ControllerAPI
import Files
import Logging
import Schedules
import TestSupport
import Testing

@Suite struct AgentConfigurationTests {
    let directory: TemporaryDirectory
    private var home: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ text: String, to name: String, permissions: UInt32 = 0o600) throws {
        if let slash = name.lastIndex(of: "/") { try Files.makeDirectory("\(home)/\(name[..<slash])") }
        try Files.write(Array(text.utf8), to: "\(home)/\(name)", permissions: permissions)
    }

    private func load(
        _ environment: [String: String] = [:], overrides: [SettingOverride] = []
    ) throws -> AgentConfiguration {
        let environment = environment.merging(["AGENT_HOME": home]) { given, _ in given }
        return try AgentConfiguration(AgentConfiguration.sources(environment: environment, overrides: overrides))
    }

    private func faults(_ environment: [String: String] = [:]) throws -> [String] {
        do {
            _ = try load(environment)
            return []
        } catch let error as ConfigurationError {
            #expect(error.exitCode == .usage)
            return error.faults.map { $0.description.replacing(home, with: "HOME") }
        }
    }

    @Test func nothingSetIsFine() throws {
        let agent = try load()
        #expect(agent.projects == [])
        #expect(agent.key == nil)
        #expect(agent.controller == nil)
        #expect(agent.controllerCertificate == nil)
        #expect(agent.enrolmentSecret == nil)
        #expect(agent.outboxLimit == ByteCount(bytes: 2 << 30))
        #expect(agent.listener == HostPort(host: "127.0.0.1", port: 7070))
        #expect(agent.logLevel == .info)
        #expect(agent.logStyle == .auto)
        #expect(!agent.isJenkinsJob)
        #expect(agent.settings.warnings == [])
    }

    @Test func theStateIsBelowTheHomeUnlessItIsSetApart() throws {
        #expect(try load().state == home)
        #expect(try load(["AGENT_STATE": "state"]).state == "\(home)/state")
        #expect(try load(["AGENT_STATE": "/var/lib/agent"]).state == "/var/lib/agent")
    }

    /// What a container engine makes of `-v env:/home/agent/env`.
    @Test func aDirectoryInPlaceOfTheSettingsIsTold() throws {
        try Files.makeDirectory("\(home)/env")
        #expect(
            try load().settings.warnings
                == ["\(home)/env is a directory: expected a file with settings, found nothing to read"])
    }

    @Test func laterSourcesWin() throws {
        try write("SSH_HOST=two.example\nLOG_LEVEL=debug\nJIRA_KEY=\"ONE TWO\"\n", to: "env")
        try write("# from the web UI\nLOG_LEVEL=ERROR\nAGENT_PORT=\n", to: "config/env")
        let agent = try load(
            [
                "SSH_HOST": "one.example", "AGENT_PORT": "8080", "AGENT_LOGGING": "true", "PATH": "/bin",
                "JIRA_KEZ": "x",
            ],
            overrides: [.init(setting: "SSH_HOST", value: "three.example:8443", option: "--ssh")])
        #expect(agent.controller == HostPort(host: "three.example", port: 8443))
        #expect(agent.logLevel == .error)
        #expect(agent.projects.map(\.text) == ["ONE", "TWO"])
        #expect(agent.key?.text == "ONE")
        #expect(agent.listener.port == 7070)
        #expect(agent.uploadsLog)
        let settings = agent.settings
        #expect(settings.origin(of: "SSH_HOST") == .option("--ssh"))
        #expect(settings.origin(of: "LOG_LEVEL") == .file(path: "\(home)/config/env", line: 2))
        #expect(settings.origin(of: "JIRA_KEY") == .file(path: "\(home)/env", line: 3))
        #expect(settings.origin(of: "AGENT_LOGGING") == .environment)
        #expect(settings.origin(of: "OUTBOX_LIMIT") == .fallback)
    }

    @Test(arguments: ["-", "", "no", "False"])
    func falsyWordsMeanUnused(word: String) throws {
        try write("SSH_HOST=\(word)\nCRON_PERIOD=\(word)\nENROLMENT_TOKEN=\(word)\nJENKINS_URL=\(word)\n", to: "env")
        let agent = try load(["SSH_HOST": "one.example", "CRON_PERIOD": "daily", "JENKINS_URL": "http://j.example"])
        #expect(agent.controller == nil)
        #expect(agent.period == nil)
        #expect(agent.enrolmentSecret == nil)
        #expect(!agent.isJenkinsJob)
    }

    @Test func tellsAllFaultsTogether() throws {
        try write("JIRA_KEY=demo\nSSH_HOTS=x\nexport A=1\nAGENT_HOME=/x\nSOURCE_1_URLS=x\n", to: "env")
        try write("OUTBOX_LIMIT=lots\nOUTBOX_LIMIT=more\n", to: "config/env")
        #expect(
            try faults(["AGENT_PORT": "70x", "LOG_FORMAT": "xml", "SOURCE_1_URL": "hunter2", "CRON_PERIOD": "5s"]) == [
                "HOME/env:3: expected NAME=value without 'export': this is no shell script",
                "HOME/env:4: AGENT_HOME cannot be set in a file that is found through it",
                "HOME/config/env:2: OUTBOX_LIMIT is set a second time, first in line 1",
                "HOME/env:2: SSH_HOTS is no known setting; did you mean SSH_HOST?",
                "HOME/env:5: SOURCE_1_URLS is no known setting; did you mean SOURCE_1_URL?",
                "AGENT_PORT (environment): expected a whole number from 1 to 65535, found '70x'",
                "CRON_PERIOD (environment): expected 15min, hourly, daily, weekly, monthly, twice-daily, a time such as 90min or 12h, or five fields as in a crontab, found '5s'",
                "JIRA_KEY (HOME/env:1): expected project keys, each once, parted by blanks (a capital letter, then up to 19 capitals, digits and underscores), found 'demo'",
                "LOG_FORMAT (environment): expected auto, human or json, found 'xml'",
                "OUTBOX_LIMIT (HOME/config/env:1): expected a size such as 512MiB or 2GB, found 'lots'",
                "SOURCE_1_URL (environment): expected a URL, or a path that begins with a slash, found something else",
            ])
    }

    @Test(arguments: ["hourly", "15min", "12h", "*/5 1-3 * * 1,5", "0 2 * * *", "twice-daily", "1d"])
    func takesPeriods(period: String) throws {
        #expect(try load(["CRON_PERIOD": period]).period?.text == period)
    }

    // MARK: Secrets

    @Test func readsSecretsFromFiles() throws {
        try write("s3cret\n", to: "secrets/token")
        try write("ENROLMENT_TOKEN_FILE=secrets/token\nSOURCE_3_PASSWORD_FILE=\(home)/secrets/token\n", to: "env")
        let agent = try load(["ENROLMENT_TOKEN": "from the environment"])
        #expect(agent.enrolmentSecret?.revealed == "s3cret")
        #expect(agent.settings[AgentSettings.sources.password, number: 3]?.revealed == "s3cret")
        let origin = agent.settings.origin(of: "ENROLMENT_TOKEN")
        #expect(origin == .secretFile(path: "\(home)/secrets/token", namedBy: .file(path: "\(home)/env", line: 1)))
    }

    @Test func aSecretComesFromOnePlace() throws {
        try write("ENROLMENT_TOKEN=hunter2\nENROLMENT_TOKEN_FILE=/x\n", to: "env")
        #expect(
            try faults() == [
                "ENROLMENT_TOKEN (HOME/env:2): set together with ENROLMENT_TOKEN_FILE, expected one of them",
                "ENROLMENT_TOKEN_FILE (HOME/env:2): cannot open /x: No such file or directory",
            ])
    }

    @Test func aSecretFileMustHoldOne() throws {
        try write("\n", to: "empty")
        #expect(
            try faults(["ENROLMENT_TOKEN_FILE": "empty", "SOURCE_1_TOKEN_FILE": "none"]) == [
                "ENROLMENT_TOKEN_FILE (environment): expected a secret in HOME/empty, found it empty",
                "SOURCE_1_TOKEN_FILE (environment): cannot open HOME/none: No such file or directory",
            ])
    }

    @Test func secretsAreShownNowhere() throws {
        let agent = try load([
            "ENROLMENT_TOKEN": "hunter2", "SOURCE_1_URL": "https://me:hunter2@git.example/a@b",
            "SOURCE_1_TOKEN": "hunter2",
        ])
        let shown = agent.settings.entries.map { "\($0.name)=\($0.value ?? "") \($0.origin)" }.joined(separator: "\n")
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("ENROLMENT_TOKEN=<redacted> environment"))
        #expect(shown.contains("SOURCE_1_URL=https://git.example/a@b environment"))
        var dumped = ""
        dump(agent, to: &dumped)
        #expect(!dumped.replacing("me:hunter2@", with: "").contains("hunter2"))
    }

    @Test func warnsAboutSecretsThatOthersCanRead() throws {
        try write("SOURCE_1_PASSWORD=x\nSOURCE_1_URL=/x\n", to: "env", permissions: 0o644)
        #expect(
            try load().settings.warnings == ["\(home)/env holds a secret and others may read it: expected mode 600"])
        try write("SOURCE_1_PASSWORD_FILE=\(home)/env\n", to: "env", permissions: 0o644)
        #expect(try load().settings.warnings == [])
    }

    // MARK: Sources and the reference

    @Test func numbersItsSources() throws {
        try write("SOURCE_10_URL=/b\nSOURCE_2_URL=/a\nSOURCE_2_UNSAFE=yes\nSOURCE_3_URL=-\n", to: "env")
        let settings = try load(["SOURCE_2_TYPO": "x"]).settings
        #expect(settings.numbers(of: "SOURCE") == [2, 10])
        #expect(settings[AgentSettings.sources.url, number: 2] == "/a")
        #expect(settings[AgentSettings.sources.isUnsafe, number: 2])
        #expect(settings[AgentSettings.sources.type, number: 2] == nil)
        #expect(
            settings.warnings == ["SOURCE_2_TYPO in the environment is no known setting; did you mean SOURCE_2_TYPE?"])
        #expect(
            settings.entries.filter { $0.name.hasPrefix("SOURCE_") }.map(\.name) == [
                "SOURCE_2_URL", "SOURCE_3_URL", "SOURCE_10_URL", "SOURCE_2_UNSAFE",
            ])
    }

    @Test func takesWhatTheReferencesWebPageWrites() throws {
        try write(
            """
            JIRA_KEY="ABC DEF"
            SSH_USERNAME=agent-ABC
            skip_dropin=0
            SOURCE_0_CREDENTIALS_ENV=/home/agent/.ssh/id_rsa
            MONETDB_HOST=db.example

            """, to: "config/env")
        let agent = try load()
        #expect(agent.userName == "agent-ABC")
        #expect(agent.settings.variable("SOURCE_0_CREDENTIALS_ENV") == "/home/agent/.ssh/id_rsa")
        #expect(agent.settings.warnings.count == 2)
    }

    @Test func variablesThatCredentialsNameAreAllowed() throws {
        try write("KEYFILE=/k\nOTHER=x\n", to: "env")
        var sources = AgentConfiguration.sources(environment: ["AGENT_HOME": home, "DEPLOY_KEY": "/d"])
        sources.allow(["KEYFILE", "DEPLOY_KEY", "UNSET", "OTHER"])
        let settings = try sources.read(AgentSettings.all)
        #expect(settings.variable("KEYFILE") == "/k")
        #expect(settings.variable("DEPLOY_KEY") == "/d")
        #expect(settings.variable("UNSET") == nil)
    }

    @Test func whatIsAddedBelowCountsLeast() throws {
        var sources = AgentConfiguration.sources(environment: ["AGENT_HOME": home, "SSH_HOST": "one.example"])
        let origin = Settings.Origin.file(path: "settings.cfg", line: 3)
        sources.addBelow([("SSH_HOST", "cfg.example", origin), ("SSH_USERNAME", "agent-X", origin)])
        #expect(sources.peek("SSH_HOST") == "one.example")
        let agent = try AgentConfiguration(sources)
        #expect(agent.controller?.host == "one.example")
        #expect(agent.userName == "agent-X")
        #expect(agent.settings.origin(of: "SSH_USERNAME") == origin)
    }

    @Test func findsTheUsualCertificate() throws {
        try write("pem", to: "certs/controller.pem")
        #expect(try load().controllerCertificate == "\(home)/certs/controller.pem")
        #expect(try load(["SSH_HTTPS_CERT": "certs/other.pem"]).controllerCertificate == "\(home)/certs/other.pem")
        #expect(try load(["SSH_HTTPS_CERT": "/x.pem"]).controllerCertificate == "/x.pem")
    }

    @Test func anUnreadableFileIsAFault() throws {
        try write(String(repeating: "#", count: 2 << 20), to: "env")
        #expect(try faults() == ["HOME/env: File too large"])
    }
}
