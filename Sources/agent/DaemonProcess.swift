import AgentAPI
import Commands
import Configuration
import ControllerAPI
import Cryptography
import Enrolment
import Lifecycle
import Logging
import Runs
import Schedules
import SourceSettings
import Synchronization
import Timestamps

/// The daemon at work: keeps the time, grants wishes to gather one after the other, and reads its settings again before
/// each. Nothing that goes wrong on the way ends it.
final class DaemonProcess: Sendable {
    /// What is planned by the clock.
    enum Plan: String, Sendable {
        case gathering = "CRON_PERIOD"
        case bigBoat = "BIGBOAT_PERIOD"
    }

    private struct State {
        var agent: Composition
        var facts: DaemonFacts
        var published: DaemonFacts?
        var counts: [RunResult.Outcome: Int] = [:]
        /// How many requests of the web API have ended, and how the last one did.
        var requests = 0
        var lastStatus = ExitCode.success
        /// Whether there may be wishes of the controller that something kept from being begun.
        var hasWishes = false
    }

    let queue = RunQueue()
    let shutdown: Shutdown
    private let state: Mutex<State>
    private let overrides: [SettingOverride]
    private let file: DaemonFile
    private let ticker: Ticker<Plan, SystemWallClock>
    private let manager: ServiceManager
    private let notices = MailNotices()
    /// Wakes what depends on the settings.
    private let timeChanged = Wakening()
    private let controllerChanged = Wakening()
    private let worked = Wakening()

    init(_ agent: Composition, overrides: [SettingOverride], file: DaemonFile, shutdown: Shutdown) {
        self.overrides = overrides
        self.file = file
        self.shutdown = shutdown
        manager = ServiceManager(environment: ProcessFacts.environment)
        ticker = Ticker([:], clock: SystemWallClock())
        state = Mutex(
            State(
                agent: agent,
                facts: DaemonFacts(
                    process: ProcessFacts.processID, version: Version.current, started: .now,
                    address: agent.setup.agent.listener.description)))
    }

    /// The agent with the settings that were read last without a fault.
    var agent: Composition { state.withLock { $0.agent } }
    var logger: Logger { agent.logger }
    var facts: DaemonFacts { state.withLock { $0.facts } }
    var counts: [RunResult.Outcome: Int] { state.withLock { $0.counts } }
    /// How many requests of the web API have ended, and how the last one did.
    var requests: (ended: Int, status: ExitCode) { state.withLock { ($0.requests, $0.lastStatus) } }

    /// Works until the shutdown.
    func run() async throws {
        let reloads = shutdown.reloads()
        await plan(isStart: true)
        logger.info(
            "daemon started",
            ["daemon.address": .text(facts.address), "daemon.next": .text(facts.plans.first?.next ?? "when asked")])
        await resumeWishes()
        if agent.setup.agent.runsOnStart { _ = await queue.offer(.init(.schedule)) }
        manager.ready()
        publish()
        await withTaskGroup(of: Void.self) { group in
            // It ends when what is under way has, not before.
            group.addTask { await self.queue.serve { await self.grant($0) } }
            group.addTask {
                await self.untilShutdown(reloads)
                self.manager.stopping()
                self.logger.info("daemon ends")
                await self.queue.close()
            }
        }
        await agent.flushRemoteLog()
    }

    private func untilShutdown(_ reloads: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepTime() }
            group.addTask { await self.keepListening() }
            group.addTask { await self.keepAlive() }
            group.addTask { await self.keepResting() }
            group.addTask {
                for await _ in reloads {
                    self.manager.reloading()
                    await self.reload()
                    self.manager.ready()
                }
            }
            await shutdown.requested()
            group.cancelAll()
        }
    }

    // MARK: Time

    private func keepTime() async {
        while !Task.isCancelled {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do { try await self.ticker.run(idle: { await self.idle() }) { await self.due($0, $1) } } catch {}
                }
                group.addTask { await self.timeChanged.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func due(_ plan: Plan, _ moment: Timestamp) async {
        switch plan {
        case .gathering:
            let acceptance = await queue.offer(.init(.schedule))
            if acceptance == .leftOut { logger.info("it is time to gather, and the gathering before goes on") }
        case .bigBoat: await tellOfBigBoat()
        }
    }

    private func tellOfBigBoat() async {
        guard let project = agent.setup.agent.projects.first else { return }
        do {
            try await BigBoatStatus.send(project, agent)
        } catch {
            logger.warning(
                "the state of the BigBoat dashboard could not be told",
                ["project.key": .text(project.text), "error.text": .text("\(error)")])
        }
    }

    /// At least once a minute.
    private func idle() async {
        await agent.flushRemoteLog()
        await tellChanges()
        publish()
        await tryWishesAgain()
        await rest()
    }

    /// Where something that seems over kept wishes from being begun.
    private func tryWishesAgain() async {
        guard await queue.isIdle else { return }
        let isWorthIt = state.withLock { state in
            guard state.hasWishes, state.facts.problem == nil else { return false }
            state.hasWishes = false
            return true
        }
        if isWorthIt { await resumeWishes() }
    }

    /// Gives memory back a few seconds after the start and after each gathering.
    private func keepResting() async {
        while !Task.isCancelled {
            do { try await ContinuousClock().sleep(for: .seconds(5)) } catch { return }
            await rest()
            await worked.wait()
        }
    }

    private func rest() async {
        guard await queue.isIdle else { return }
        do {
            try ProcessMemory.giveBack()
        } catch {
            logger.debug("memory cannot be given back", ["error.text": .text("\(error)")])
        }
    }

    /// Signs of life, twice as often as they are due, as long as the daemon's parts answer.
    private func keepAlive() async {
        guard let period = manager.watchdog else { return }
        while !Task.isCancelled {
            _ = await queue.isIdle
            manager.alive()
            do { try await ContinuousClock().sleep(for: period / 2) } catch { return }
        }
    }

    // MARK: Settings

    /// Reads the settings again; what is wrong with them is told, and the earlier ones stay.
    /// - Returns: the preflight options that the settings hold; `nil` where they are wrong.
    @discardableResult
    private func reload(_ own: Preflight.Options = .init()) async -> Preflight.Options? {
        do {
            let before = agent
            let (renewed, options) = try PreflightArguments.compose(
                overrides: overrides, console: before.console, own: own, after: before)
            state.withLock { $0.agent = renewed }
            settle()
            let (old, new) = (before.setup.agent, renewed.setup.agent)
            if (old.period, old.bigBoatPeriod) != (new.period, new.bigBoatPeriod) { await plan(isStart: false) }
            if (old.controller, old.key) != (new.controller, new.key) || old.projects != new.projects {
                controllerChanged.wake()
            }
            if old.listener != new.listener {
                renewed.logger.warning(
                    "the web API's address has changed: it counts from the next start on",
                    ["daemon.address": .text(facts.address)])
            }
            return options
        } catch {
            note(Fault(error))
            return nil
        }
    }

    /// Sets the periods.
    private func plan(isStart: Bool) async {
        let settings = agent.setup.agent
        let digest = SHA256.digest(of: Array((settings.key?.text ?? ProcessFacts.hostName).utf8)).bytes
        var lastRun: Timestamp?
        if isStart {
            do {
                lastRun = try await agent.journal.latest(1).first?.start
            } catch {
                note(Fault(error))
            }
        }
        let wanted: [(Plan, Schedule?)] = [(.gathering, settings.period), (.bigBoat, settings.bigBoatPeriod)]
        var planners: [Plan: Planner] = [:]
        for case (let plan, let schedule?) in wanted {
            planners[plan] = Planner(
                schedule, in: .local, offset: Spread.offset(of: schedule, digest: digest),
                lastRun: plan == .gathering ? lastRun : nil, now: .now)
        }
        ticker.replace(planners)
        timeChanged.wake()
        publish()
    }

    // MARK: Wishes

    private func grant(_ wish: RunQueue.Wish) async {
        manager.status("gathering")
        let code = await gather(wish)
        state.withLock { state in
            guard wish.cause == .request else { return }
            state.requests += 1
            state.lastStatus = code
        }
        await agent.flushRemoteLog()
        await tellChanges()
        publish()
        worked.wake()
    }

    /// Mails what has changed.
    private func tellChanges() async {
        await notices.tell(agent, schedule: ticker.plan(.gathering)?.schedule)
    }

    private func gather(_ wish: RunQueue.Wish) async -> ExitCode {
        var own = Preflight.Options()
        // Somebody asked for it: that it is too early for the schedule does not count, all else does.
        own.ignoresSchedule = wish.cause != .schedule
        own.trigger = wish.trigger
        if wish.trigger != nil { state.withLock { $0.hasWishes = true } }
        guard let options = await reload(own) else { return .usage }
        let agent = agent
        let configured = agent.setup.agent.projects
        let projects = wish.projects.isEmpty ? configured : configured.filter(wish.projects.contains)
        for project in wish.projects where !configured.contains(project) {
            agent.logger.warning(
                "somebody wants a project that this agent does not gather", ["project.key": .text(project.text)])
        }
        guard !projects.isEmpty else {
            if wish.projects.isEmpty { note(Fault(Running.NoProject())) }
            return .usage
        }
        do {
            var round = Round(agent: agent, cause: wish.cause, options: options, shutdown: shutdown)
            round.ended = { outcome in self.state.withLock { $0.counts[outcome, default: 0] += 1 } }
            let code = try await round.run(projects)
            settle()
            return code
        } catch is RunInProgress where wish.trigger != nil {
            logger.info("what the controller wants waits for the end of another gathering")
            return .tryLater
        } catch {
            let fault = Fault(error)
            if !(error is CancellationError) { note(fault) }
            return fault.exitCode
        }
    }

    // MARK: Telling

    /// Notes what is wrong with the agent as a whole.
    private func note(_ fault: Fault) {
        logger.error(
            "the daemon cannot do its work at the moment",
            ["error.text": .text(fault.text), "error.advice": .text(fault.advice ?? "")])
        state.withLock { $0.facts.problem = Problem(fault.text, advice: fault.advice) }
        publish()
    }

    private func settle() { state.withLock { $0.facts.problem = nil } }

    func note(_ waiting: DaemonFacts.Waiting) {
        state.withLock { $0.facts.waiting = waiting }
        publish()
    }

    /// Writes what has changed where `agent status` finds it, and tells the service manager.
    private func publish() {
        let plans = [Plan.gathering, .bigBoat].compactMap { plan in
            ticker.plan(plan).map {
                DaemonFacts.Plan(setting: plan.rawValue, period: $0.schedule.text, next: $0.next)
            }
        }
        let changed: DaemonFacts? = state.withLock { state in
            state.facts.plans = plans
            guard state.facts != state.published else { return nil }
            state.published = state.facts
            return state.facts
        }
        guard let changed else { return }
        let next = changed.plans.first.map { "next gathering at \($0.next)" } ?? "gathers when asked to"
        manager.status(changed.problem?.text ?? next)
        do {
            try file.write(changed)
        } catch {
            // The disk may be full: what is wrong is in the log, and /report tells it too.
            logger.debug("the daemon's facts cannot be written", ["error.text": .text("\(error)")])
        }
    }

    /// Waits for the controller's wishes anew, now or at a change of the settings.
    func controllerHasChanged() async { await controllerChanged.wait() }
}
