package import ControllerAPI
package import ControllerClient
package import Logging
import Synchronization

/// Keeps a question open at the controller, so that whoever works there can make this agent gather within seconds, through
/// any firewall that lets the agent out.
///
/// A controller that does not know the question is asked again after a long while; one that is away, after a pause that
/// grows up to five minutes. Meanwhile the agent has its period.
package final class TriggerListener: Sendable {
    /// How it stands between the two.
    package enum State: Sendable, Hashable {
        /// Not asked yet.
        case starting
        /// The question is open.
        case waiting
        /// The controller was not to be reached, or did not want to answer; the reason.
        case failing(String)
        /// The controller knows no such question.
        case unsupported
    }

    package struct Pauses: Sendable {
        /// After the first failure; it doubles after each further one.
        package var first = Duration.seconds(2)
        package var longest = Duration.seconds(300)
        /// Before a controller that did not know the question is asked again: it may have been renewed.
        package var unsupported = Duration.seconds(3600)
        /// Between two answers at least, should a controller answer at once without end.
        package var least = Duration.seconds(1)

        package init() {}
    }

    private let client: ControllerClient
    private let pauses: Pauses
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let current = Mutex(State.starting)
    private let changed: @Sendable (State) -> Void

    /// - Parameters:
    ///   - clock: waits between questions.
    ///   - changed: is told each new state.
    package init(
        _ client: ControllerClient, logger: Logger, pauses: Pauses = Pauses(),
        clock: any Clock<Duration> = ContinuousClock(), changed: @escaping @Sendable (State) -> Void = { _ in }
    ) {
        self.changed = changed
        self.client = client
        self.logger = logger
        self.pauses = pauses
        self.clock = clock
    }

    package var state: State { current.withLock { $0 } }

    /// Asks until the task is cancelled.
    /// - Parameter take: is given each wish once; when it returns, the wish counts as taken, and the controller forgets it.
    ///   What it throws is a failure after which the controller tells the wish again.
    package func run(_ take: @Sendable (TriggerNotice) async throws -> Void) async {
        var acknowledged: Int?
        var failures = 0
        while !Task.isCancelled {
            var pause = pauses.least
            do {
                note(.waiting)
                if let notice = try await client.wait(after: acknowledged) {
                    logger.info("the controller wants projects gathered", ["trigger.id": .integer(notice.trigger)])
                    try await take(notice)
                    acknowledged = notice.trigger
                }
                failures = 0
            } catch is CancellationError {
                break
            } catch let error as ControllerError where error.isCancellation {
                break
            } catch let error as ControllerError where error.code == .notFound || error.code == .unexpectedStatus {
                note(.unsupported)
                pause = pauses.unsupported
            } catch {
                failures += 1
                let fault = error as? ControllerError
                note(.failing(fault?.reason ?? "\(error)"))
                pause = self.pause(after: failures, asked: fault?.retryAfter)
            }
            guard pause > .zero else { continue }
            do { try await clock.sleep(for: pause) } catch { break }
        }
    }

    /// Half of it is chance, so that agents which lost their controller at the same moment do not return at the same one.
    private func pause(after failures: Int, asked: Duration?) -> Duration {
        let grown = min(pauses.first * (1 << min(failures - 1, 20)), pauses.longest)
        return max(grown * Double.random(in: 0.5...1), asked ?? .zero)
    }

    private func note(_ state: State) {
        let before = current.withLock { current in
            defer { current = state }
            return current
        }
        if before != state { changed(state) }
        switch (before, state) {
        case (.failing, .failing): break
        case (_, .failing(let reason)):
            logger.warning("cannot wait for the controller's wishes", ["error.text": .text(reason)])
        case (.starting, .unsupported):
            logger.info("the controller knows no waiting agents: the period alone counts")
        default: break
        }
    }
}
