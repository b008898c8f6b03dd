import AgentAPI
import Configuration
import ControllerAPI
import ControllerClient
import Enrolment
import Logging
import Runs
import SourceSettings
import Timestamps
import Triggers

/// How the daemon hears of the controller's wishes.
extension DaemonProcess {
    /// Registers at the start, as the controller's operator expects of an agent that has just been set up, then keeps a
    /// question open where the controller offers that; begins anew when the settings name another controller.
    func keepListening() async {
        while !Task.isCancelled {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await self.listen()
                    return false
                }
                group.addTask {
                    await self.controllerHasChanged()
                    return true
                }
                // Listening ends where there is nothing to listen to: until the settings change.
                while let hasChanged = await group.next(), !hasChanged {}
                group.cancelAll()
            }
        }
    }

    private func listen() async {
        let agent = agent
        guard agent.setup.agent.controller != nil, let first = agent.setup.agent.projects.first else {
            return note(DaemonFacts.Waiting.off)
        }
        note(.starting)
        guard await register(agent), !Task.isCancelled else { return }
        do {
            guard try agent.secrets.answer(for: first)?.controller?.offers(.wait) == true,
                let client = try agent.client(for: first)
            else { return note(.unsupported) }
            let listener = TriggerListener(client, logger: agent.logger) { self.note(DaemonFacts.Waiting($0)) }
            await listener.run { try await self.take($0) }
        } catch {
            note(.failing)
            agent.logger.warning(
                "cannot wait for the controller's wishes", ["error.text": .text(Fault(error).text)])
        }
    }

    /// The controller forgets a wish once this returns: by then it is in the agent's database.
    private func take(_ notice: TriggerNotice) async throws {
        let agent = agent
        let projects = agent.setup.agent.projects.filter(notice.projects.contains)
        if projects.count < Set(notice.projects).count {
            // Without the names: a controller may think of any number of them.
            await agent.note([
                RefusedWish(
                    project: "", text: "the controller wants projects that this agent does not gather",
                    advice: "JIRA_KEY names those that it gathers.")
            ])
        }
        guard !projects.isEmpty, let controller = agent.setup.agent.controller else { return }
        try await agent.journal.take(
            TakenWish(
                trigger: notice.trigger, projects: projects, controller: controller.description, taken: .now))
        let acceptance = await queue.offer(.init(.trigger, projects: projects, trigger: notice.trigger))
        if acceptance == .leftOut {
            logger.info("what is wanted waits already", ["trigger.id": .integer(notice.trigger)])
        }
    }

    /// Queues the wishes that were taken and never begun: before the agent was ended or killed, or because something stood
    /// in their way.
    func resumeWishes() async {
        let agent = agent
        let settings = agent.setup.agent
        do {
            for wish in try await agent.journal.wishes() {
                let projects = settings.projects.filter(wish.projects.contains)
                guard wish.controller == settings.controller?.description, !projects.isEmpty else {
                    try await agent.journal.drop(wish)
                    logger.info("a wish is dropped: the settings have changed", ["trigger.id": .integer(wish.trigger)])
                    continue
                }
                guard await queue.offer(.init(.trigger, projects: projects, trigger: wish.trigger)) != .leftOut else {
                    continue
                }
                logger.info("a wish that was taken before is granted now", ["trigger.id": .integer(wish.trigger)])
            }
        } catch {
            logger.warning(
                "the wishes that were taken before cannot be read", ["error.text": .text(Fault(error).text)])
        }
    }

    /// Registers each project that is not yet; tries again, ever more seldom, until all are.
    private func register(_ agent: Composition) async -> Bool {
        var pause = Duration.seconds(15)
        while !Task.isCancelled {
            var reasons: [String] = []
            for project in agent.setup.agent.projects {
                do {
                    guard try agent.secrets.answer(for: project) == nil else { continue }
                    try await Registering.register(project, agent)
                    agent.logger.info("registered", ["project.key": .text(project.text)])
                } catch {
                    reasons.append(Fault(error).text)
                }
            }
            guard let reason = reasons.first, !Task.isCancelled else { return !Task.isCancelled }
            note(.failing)
            agent.logger.warning("the agent cannot be registered yet", ["error.text": .text(reason)])
            do { try await ContinuousClock().sleep(for: pause) } catch { return false }
            pause = min(pause * 2, .seconds(900))
        }
        return false
    }
}

extension DaemonFacts.Waiting {
    fileprivate init(_ state: TriggerListener.State) {
        self =
            switch state {
            case .starting: .starting
            case .waiting: .waiting
            case .failing: .failing
            case .unsupported: .unsupported
            }
    }
}
