import Blocking
import Commands
import Configuration
import Cryptography
import Fleet
import Lifecycle

/// `controller users`: who may log in to the fleet page.
enum AccountCommands {
    private static let name = Command.Argument(
        "NAME", help: "what the account is called: small letters, digits and . _ - @")
    private static let roles = Command.AcceptedValues.choice(AccountRole.allCases.map(\.rawValue))

    static let declaration = Command(
        "users", abstract: "say who may log in to the fleet page",
        discussion: """
            An admin sees everything and decides about agents and projects, a viewer sees. Passwords have at least 12 \
            characters; what is kept of one is a salted hash (scrypt).
            """,
        subcommands: [
            Command(
                "add", abstract: "make an account", arguments: [name],
                options: [
                    .value(
                        "role", named: "admin|viewer", accepting: roles, help: "what it may do", fallback: "viewer"),
                    PasswordEntry.option,
                ],
                examples: [
                    .init("controller users add anna --role admin", "asks for her password"),
                    .init("controller users add tv --password-file tv.txt", "for a screen on a wall"),
                ],
                handler: add),
            Command("list", abstract: "list all accounts", options: [Listing.option], handler: list),
            Command(
                "password", abstract: "give an account another password; whoever is logged in with it is logged out",
                arguments: [name], options: [PasswordEntry.option],
                examples: [.init("controller users password anna", "asks for the new one")], handler: setPassword),
            Command(
                "role", abstract: "make an account an admin or a viewer",
                arguments: [name, .init("ROLE", accepting: roles, help: "admin or viewer")],
                examples: [.init("controller users role anna viewer", "she sees, and no longer decides")],
                handler: setRole),
            Command(
                "remove", abstract: "remove an account; whoever is logged in with it is logged out", arguments: [name],
                handler: remove),
        ])

    static func add(_ invocation: Invocation) async throws -> ExitCode {
        let role = invocation.value("role").flatMap(AccountRole.init) ?? .viewer
        let done = try await change(invocation, "added as \(role.rawValue)") { fleet, name in
            guard try await fleet.account(name) == nil else { throw AccountError.exists }
            try await fleet.addAccount(name, role, password: try await password(of: name, invocation))
        }
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        let host = try state.certificate().hosts.first ?? "localhost"
        let port = try state.servedPort() ?? configuration.listener.port ?? 8443
        let place =
            configuration.operatorNetworks == nil
            ? "from this machine; OPERATOR_NETWORKS lets in others" : "from the networks of OPERATOR_NETWORKS"
        try invocation.console.print("Log in at https://\(HostPort(host: host, port: port))/, \(place).")
        return done
    }

    static func setPassword(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "has a new password, and is logged out everywhere") { fleet, name in
            guard try await fleet.account(name) != nil else { throw AccountError.unknown }
            try await fleet.setPassword(try await password(of: name, invocation), of: name)
        }
    }

    static func setRole(_ invocation: Invocation) async throws -> ExitCode {
        let role = invocation.word("ROLE").flatMap(AccountRole.init) ?? .viewer
        return try await change(invocation, "is \(role.rawValue) from now on") { fleet, name in
            try await fleet.setRole(role, of: name)
        }
    }

    static func remove(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "removed, and logged out everywhere") { fleet, name in
            try await fleet.removeAccount(name)
        }
    }

    static func list(_ invocation: Invocation) async throws -> ExitCode {
        let accounts = try await Administration.openFleet(invocation).accounts()
        if invocation.has("json") {
            try Listing.print(Listing.Users(users: accounts.map(Listing.User.init)), "users", invocation)
            return .success
        }
        for account in accounts {
            try invocation.console.print(
                "\(account.name)\t\(account.role.rawValue)\tadded \(account.addedAt)\tlogged in \(account.loggedInAt ?? "never")"
            )
        }
        if accounts.isEmpty {
            try invocation.console.print("there is none yet; make one with: controller users add NAME --role admin")
        }
        return .success
    }

    // MARK: -

    private static func password(of name: AccountName, _ invocation: Invocation) async throws -> PasswordHash {
        let password = try AccountPassword(try await PasswordEntry.read(invocation).revealed, of: name)
        return try await blocking { _ in try password.hash() }
    }

    private static func change(
        _ invocation: Invocation, _ done: String, _ body: (Fleet, AccountName) async throws -> Void
    ) async throws -> ExitCode {
        let text = invocation.word("NAME") ?? ""
        do {
            let name = try AccountName(text)
            try await body(Administration.openFleet(invocation), name)
        } catch let error as AccountError {
            throw Refused(subject: "account \(error == .badName ? "NAME" : text)", error: error)
        }
        try invocation.console.print("\(text): \(done)")
        return .success
    }

    private struct Refused: Failure {
        let subject: String
        let error: AccountError
        var description: String { "\(subject): \(error)" }
        var advice: String? { error.advice }
        var exitCode: ExitCode {
            switch error {
            case .badName, .badRole, .shortPassword, .longPassword, .plainPassword: .usage
            case .exists, .unknown, .lastAdmin: .failure
            }
        }
    }
}
