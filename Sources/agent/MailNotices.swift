import Configuration
import ControllerAPI
import Lifecycle
import Logging
import Mail
import Notices
import Schedules
import SourceSettings
import Synchronization
import Timestamps

/// Mails what changes with the daemon's gatherings, where a mail server is set. A mail that cannot be sent is tried again
/// later, and is no reason to fail.
final class MailNotices: Sendable {
    private let start = Timestamp.now
    /// Until when not to try again.
    private let pause = Mutex<ContinuousClock.Instant?>(nil)

    private static let retry = Duration.seconds(900)

    /// - Parameter schedule: when projects are gathered; `nil` where only on request.
    func tell(_ agent: Composition, schedule: Schedule?) async {
        guard let mail = agent.setup.agent.mail, pause.withLock({ $0.map { $0 < .now } ?? true }) else { return }
        do {
            let book = NoticeBook(state: agent.state)
            let notices = try await book.due(
                of: agent.setup.agent.projects, schedule: schedule, watchedSince: start, now: .now)
            let name = "agent \(agent.setup.agent.key?.text ?? "without a key") on \(ProcessFacts.hostName)"
            for notice in notices {
                let message = try MailMessage(
                    from: mail.sender, to: mail.recipients, subject: notice.subject(from: name), body: notice.text)
                try await Mailer(MailServer(mail)).send(message, identifier: notice.identifier)
                try await book.note(notice, at: .now)
                agent.logger.info(
                    "mail sent",
                    ["project.key": .text(notice.project.text), "mail.about": .text(notice.condition.rawValue)])
            }
        } catch {
            pause.withLock { $0 = .now + Self.retry }
            let advice = (error as? MailError)?.advice ?? Fault(error).advice ?? ""
            agent.logger.warning(
                "mail cannot be sent; it is tried again in a quarter of an hour",
                ["error.text": .text("\(error)"), "error.advice": .text(advice)])
        }
    }
}
