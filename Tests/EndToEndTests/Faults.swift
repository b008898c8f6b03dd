import ControllerAPI
import Cryptography
import Files
import Glibc
import Processes
import TestSupport

/// What each line of the table of faults has to be brought about by.
enum Faults {
    typealias Making = @Sendable (FaultyPlace) async throws -> Void

    /// Those that need the right to mount a file system.
    static let mounted: [String: Making] = [
        "the disk is full": { place in
            try place.mount("mount -t tmpfs -o size=1m tmpfs \"$1\"; head -c 600000 /dev/zero > \"$1/filling\"")
        },
        "the disk is full while gathering": { place in
            try place.mount("mount -t tmpfs -o size=1m tmpfs \"$1\"; cat /dev/zero > \"$1/filling\" 2> /dev/null")
        },
        "the file system is read-only": { place in try place.mount("mount -t tmpfs -o ro tmpfs \"$1\"") },
    ]

    /// Those that need the right to give files away.
    static let owned: [String: Making] = [
        "files belong to another account": { place in
            _ = try place.run(["register"])
            try key(place)
            unsafe chown("\(place.home)/.ssh/id_ed25519", 65534, 65534)
        }
    ]

    static let ordinary: [String: Making] = sources.merging(controllers) { $1 }.merging(others) { $1 }

    private static let nothing: Making = { _ in }

    private static let sources: [String: Making] = [
        "the repository is not there": nothing,
        "the repository is not there, seen before": nothing,
        "no source of that name": nothing,
        "a source's password is wrong": { place in
            let repositories = try TemporaryDirectory()
            try Ran.script("git init --quiet --bare \"$1/demo.git\"", repositories.path).required()
            let server = try WebRepositoryServer(of: repositories, login: (user: "reader", password: "right"))
            place.keep(server)
            place.keep(repositories)
            place.settings["SOURCE_1_URL"] = "http://127.0.0.1:\(server.port)/git/demo.git"
            place.settings["SOURCE_1_USERNAME"] = "reader"
            place.settings["SOURCE_1_PASSWORD"] = "wrong"
        },
        "a source's server hangs": { place in
            let host = try SilentHost()
            place.keep(host)
            place.settings["SOURCE_1_URL"] = "http://127.0.0.1:\(host.port)/demo.git"
        },
    ]

    private static let away: Making = { place in
        try place.controller()
        place.settings["SSH_HOST"] = "127.0.0.1:\(try SecureShellServer.freePort())"
    }

    private static let notNow: Making = { place in
        let controller = try place.controller()
        let answer = StatusAnswer(StatusPart.Name.known.map { StatusPart($0, isOK: $0 != .tracker) })
        try controller.answer("/auth/status", [(503, String(decoding: answer.json(), as: UTF8.self))])
    }

    private static let controllers: [String: Making] = [
        "the controller cannot be reached": away,
        "the controller cannot be reached, seen before": away,
        "the controller's name is not known": { place in
            try place.controller()
            place.settings["SSH_HOST"] = "controller.invalid:8443"
        },
        "the controller's certificate has expired": { place in try place.controller(validity: .expired) },
        "the controller has another certificate": { place in try place.controller(trusted: false) },
        "the controller says not now": notNow,
        "the controller says not now, but is not asked": notNow,
        "something else answers in its place": { place in
            try place.controller().answer("/auth/status", [(200, "<html>Log in</html>")])
        },
        "the enrolment token is refused": { place in
            try place.controller().answer("/auth/agent", [(401, "The enrolment token was used before")])
            place.settings["ENROLMENT_TOKEN"] = "once"
        },
        "the agent may not gather the project": { place in
            try place.controller().answer("/auth/agent", [(403, "The agent is not entitled to the project")])
        },
        "no controller is set": nothing,
        "nobody said whom to trust": { place in place.settings["SSH_HOST"] = "controller.example" },
        "the versions differ": { place in
            try place.controller().answer("/auth/version", [(200, #"{"up_to_date":false,"version":"9.9.9"}"#)])
            try key(place)
        },
        "the clock is ten minutes off": { place in try place.controller(clockLead: -630) },
        "the clock is ten minutes off, and nobody looked": { place in
            // The text says whole minutes.
            try place.controller(clockLead: -630).answer("/auth/agent", [(401, "request signature: too old")])
        },
    ]

    private static let others: [String: Making] = [
        "no project is set": { place in place.settings = [:] },
        "the project is not registered": nothing,
        "the secrets are damaged": { place in try place.write("{]", to: "secrets/DEMO.json") },
        "the agent's key is damaged": { place in try place.write("no key\n", to: ".ssh/id_ed25519") },
        "an unknown variable": { place in place.settings["SOURCE_1_URLL"] = "x" },
        "a value that is none": { place in place.settings["CRON_PERIOD"] = "sometimes" },
        "a value that is none, among all else": { place in place.settings["CRON_PERIOD"] = "sometimes" },
        "an unknown option": nothing,
        "an unknown command": nothing,
        "a settings file cannot be read": { place in
            try place.write("JIRA_KEY=DEMO\n", to: "env", permissions: 0)
            place.obeyPermissions()
        },
        "a key file cannot be read": { place in
            try key(place)
            unsafe chmod("\(place.home)/.ssh/id_ed25519", 0)
            place.obeyPermissions()
        },
        "another gathering is under way": { place in
            place.wrapper = ["flock", "\(place.home)/run.lock"]
        },
        "another daemon runs": { place in place.wrapper = ["flock", "\(place.home)/daemon.lock"] },
        "the port of the web API is taken": { place in
            let host = try SilentHost()
            place.keep(host)
            place.settings["AGENT_PORT"] = "\(host.port)"
        },
    ]

    /// Makes the agent's key as the agent would.
    private static func key(_ place: FaultyPlace) throws {
        try Files.makeDirectory("\(place.home)/.ssh", permissions: 0o700)
        let path = "\(place.home)/.ssh/id_ed25519"
        if try Files.status(path) == nil { try SigningKey.generate().save(path, comment: "agent-DEMO") }
    }
}
