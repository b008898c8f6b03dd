internal import ControllerAPI
internal import Fleet
internal import FoundationEssentials
internal import HTTPServer
internal import Logging
internal import Timestamps

extension Endpoints {
    /// `GET /auth/status?project=P&agent=A`, with `triggered=N` from an agent that follows a trigger.
    func status(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let parameters = try Parameters(request, in: nil)
        let triggered = try request.queryFields().single("triggered", in: nil, name: "trigger").map { text in
            guard let number = Int(text), number > 0 else {
                throw Denial(400, "`triggered` must be the number of a trigger")
            }
            return number
        }
        let caller = try await authorize(request, parameters, network: .report)
        guard let project = caller.standing.project else {
            throw Denial(403, Refusal.notEntitled.message(to: parameters.agent, about: parameters.project))
        }
        var parts = [
            StatusPart(.database, isOK: true),
            try await schedule(project, caller, triggered),
            await permissions(caller),
            StatusPart(
                .lock, isOK: project.lockedAt == nil,
                message: project.lockedAt.map { _ in
                    "Another process has acquired the agent lock" + (project.lockReason.map { ": \($0)" } ?? "")
                }),
            StatusPart(.importer, isOK: true),
            StatusPart(.daemon, isOK: true, message: "All daemons are located"),
            network(request, caller),
        ]
        parts.append(await configuration(isAllowed: parts.allSatisfy(\.isOK)))
        let answer = StatusAnswer(parts)
        return .json(answer.httpStatus, try answer.json())
    }

    private func schedule(_ project: ProjectRecord, _ caller: Caller, _ triggered: Int?) async throws -> StatusPart {
        guard let text = project.deliveredAt, let delivered = Timestamp(rfc3339: text) else {
            return StatusPart(.tracker, isOK: true, message: "No update tracker preflight_date.txt found")
        }
        let next = services.policy.schedule.of(project).next(of: project.project, after: delivered)
        let now = services.fleet.now()
        if now >= next { return StatusPart(.tracker, isOK: true) }
        if let opened = project.allowedAt.flatMap({ Timestamp(rfc3339: $0) }), opened >= delivered {
            return StatusPart(.tracker, isOK: true, message: "An operator allowed it now")
        }
        if let triggered, try await services.reader.isTriggered(caller.agent, for: project.project, by: triggered) {
            return StatusPart(.tracker, isOK: true, message: "An operator triggered it")
        }
        return StatusPart(
            .tracker, isOK: false, message: "Next scheduled gather moment is in \((next - now).asPythonWritesIt)")
    }

    /// Whether the agent's directory can take an upload.
    private func permissions(_ caller: Caller) async -> StatusPart {
        do {
            let used = try await services.usage(caller.agent)
            guard used < services.policy.quota else {
                return StatusPart(
                    .permissions, isOK: false,
                    message: "The agent has stored \(used) bytes, its quota is \(services.policy.quota). "
                        + "The controller's operator can raise AGENT_QUOTA")
            }
            return StatusPart(.permissions, isOK: true)
        } catch {
            logger.error(
                "an agent's directory cannot be used",
                ["agent.key": .text(caller.agent.text), "error": .text("\(error)")])
            return StatusPart(.permissions, isOK: false, message: "Agent directory was not properly stored")
        }
    }

    private func network(_ request: HTTPServerRequest, _ caller: Caller) -> StatusPart {
        let networks = networks(of: caller)
        if let fault = networkFault(request, networks) { return StatusPart(.network, isOK: false, message: fault) }
        return StatusPart(.network, isOK: true, message: networks == nil ? "No network defined for project" : nil)
    }

    private func configuration(isAllowed: Bool) async -> StatusPart {
        guard isAllowed else {
            return StatusPart(
                .configuration, isOK: false, message: "Cannot look up environment due to other problems")
        }
        do {
            return StatusPart(.configuration, isOK: true, contents: try await services.environment())
        } catch {
            logger.error("the environment for agents cannot be read", ["error": .text("\(error)")])
            return StatusPart(.configuration, isOK: false, message: "Agent environment configuration is missing")
        }
    }

    // MARK: Dashboards

    /// `POST /auth/status?project=P` with the form fields `status` and `source`: figures of a BigBoat dashboard.
    func dashboard(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let parameters = try Parameters(request, agentFrom: .signature(otherwise: nil), in: nil)
        let form = try request.form()
        let texts = form.values("status")
        guard texts.count <= 1 else { throw Denial(400, "Exactly one status field must be specified") }
        guard let text = texts.first, !text.isEmpty else { throw Denial(400, "Status must be provided") }
        let figures: [Figure]
        do {
            figures = try JSONDecoder().decode([Figure].self, from: Data(text.utf8))
        } catch {
            throw Denial(400, "Status field must be valid JSON")
        }
        guard figures.count <= 1000 else { throw Denial(413, "At most 1000 figures are taken at once.") }
        let caller = try await authorize(request, parameters)
        let source = try form.single("source", in: "POST", name: "source").map { String($0.prefix(500)) }
        try await services.fleet.store(
            figures.map(\.figure), of: parameters.project, source: source, from: caller.agent)
        return HTTPServerResponse(202, headers: [("Cache-Control", "no-store")])
    }

    private struct Figure: Decodable {
        let figure: DashboardFigure

        enum Key: String, CodingKey { case name, checkedTime = "checked_time", ok, value, max }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let name = try container.decode(String.self, forKey: .name)
            let checked = try container.decode(String.self, forKey: .checkedTime)
            guard Timestamp(rfc3339: checked.replacing(" ", with: "T") + "Z") != nil, name.utf8.count <= 200 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .checkedTime, in: container, debugDescription: "a moment YYYY-MM-DD HH:MM:SS")
            }
            figure = DashboardFigure(
                name: name, checkedAt: checked, isOK: try container.decodeIfPresent(Bool.self, forKey: .ok),
                value: Self.number(container, .value), max: Self.number(container, .max))
        }

        /// A number, also one in a text; `nil` for anything else: older agents send null for what is not known.
        private static func number(_ container: KeyedDecodingContainer<Key>, _ key: Key) -> Double? {
            if let number = try? container.decode(Double.self, forKey: key) { return number }
            return (try? container.decode(String.self, forKey: key)).flatMap { Double($0) }
        }
    }
}

extension Duration {
    /// `[<n> day[s], ]H:MM:SS[.ffffff]`, which people of the older system know.
    var asPythonWritesIt: String {
        let (all, attoseconds) = components
        let (days, seconds) = (all / 86400, all % 86400)
        let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        let microseconds = attoseconds / 1_000_000_000_000
        let fraction = microseconds > 0 ? ".\(String(1_000_000 + microseconds).dropFirst())" : ""
        return (days == 0 ? "" : days == 1 ? "1 day, " : "\(days) days, ") + time + fraction
    }
}
