import Commands
import Configuration
import ControllerAPI
import Cryptography
import Fleet
import Lifecycle
import Logging
import Mail
import Timestamps

/// Mails which projects are overdue, each once for as long as it is, and once more when it is delivered again.
struct OverdueMail: Sendable {
    let fleet: Fleet
    let configuration: ControllerConfiguration
    let logger: Logger
    /// This controller, where several could send the same.
    private let holder = Hex.encode(Random.bytes(8))

    /// After a start, agents get the time to deliver what they could not while the controller was away.
    private static let rest = Duration.seconds(3600)
    private static let period = Duration.seconds(600)

    init(_ fleet: Fleet, _ configuration: ControllerConfiguration, _ logger: Logger) {
        self.fleet = fleet
        self.configuration = configuration
        self.logger = logger
    }

    /// Projects that are overdue now.
    func find() async throws -> [OverdueProject] {
        try await fleet.overdue(
            Schedule(days: configuration.scheduleDays, driftMinutes: configuration.scheduleDriftMinutes),
            otherwiseAfter: configuration.overdueDays)
    }

    /// Looks and mails until it is cancelled.
    func watch() async {
        var pause = Self.rest
        while !Task.isCancelled {
            do {
                try await ContinuousClock().sleep(for: pause)
                pause = Self.period
                // Longer than a mail takes, shorter than the period.
                guard try await fleet.claim("overdue-mail", by: holder, for: 300) else { continue }
                try await tell()
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "the mail about overdue projects cannot be sent; it is tried again in ten minutes",
                    ["error.text": .text("\(error)"), "error.advice": .text((error as? MailError)?.advice ?? "")])
            }
        }
    }

    /// Sends one mail about all changes, where there are any.
    /// - Returns: how many projects it was about.
    @discardableResult
    func tell() async throws -> Int {
        guard let mail = configuration.mail else { throw NoMail() }
        let changes = try await fleet.changes(to: find())
        guard !changes.isEmpty else { return 0 }
        let text = Self.text(changes)
        let message = try MailMessage(
            from: mail.sender, to: mail.recipients, subject: Self.subject(changes, on: ProcessFacts.hostName),
            body: text)
        // The same changes have the same identifier, should the mail be taken and its taking not be noted.
        let identifier = "overdue.\(SHA256.digest(of: Array(text.utf8)).hex.prefix(32))"
        try await Mailer(MailServer(mail)).send(message, identifier: identifier)
        try await fleet.note(changes)
        logger.info(
            "mail about overdue projects sent",
            ["overdue.count": .integer(changes.overdue.count), "overdue.over": .integer(changes.over.count)])
        return changes.overdue.count + changes.over.count
    }

    static func subject(_ changes: OverdueChanges, on host: String) -> String {
        let names = changes.overdue.map(\.project.text)
        let shown = (names.isEmpty ? changes.over.map(\.text) : names).prefix(3).joined(separator: ", ")
        let rest = max(0, (names.isEmpty ? changes.over.count : names.count) - 3)
        let list = rest > 0 ? "\(shown) and \(rest) more" : shown
        return names.isEmpty ? "controller \(host): no longer overdue: \(list)" : "controller \(host): overdue: \(list)"
    }

    static func text(_ changes: OverdueChanges) -> String {
        var lines: [String] = []
        for found in changes.overdue {
            let agents = found.agents.map(\.text).joined(separator: ", ")
            lines.append("\(found.project) was last delivered, or its agent enrolled, at \(found.since).")
            lines.append("  Its agents: \(agents); last heard of \(found.seenAt.map { "at \($0)" } ?? "never").")
        }
        if !changes.over.isEmpty {
            if !lines.isEmpty { lines.append("") }
            lines.append("No longer overdue: \(changes.over.map(\.text).joined(separator: ", ")).")
        }
        lines += [
            "", "On the agent's machine, 'agent status' and 'agent doctor' tell why.",
            "No further mail about these comes until this changes.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    struct NoMail: Failure {
        var exitCode: ExitCode { .usage }
        var description: String { "SMTP_SERVER names no mail server" }
        var advice: String? { "Set SMTP_SERVER, SMTP_FROM and SMTP_TO." }
    }
}
