package import ControllerAPI
package import Cryptography
package import Fleet
package import HTTPServer
package import Logging
internal import Pages
package import Reception

/// Answers what agents ask of the controller. Every request is signed by its agent; the agent is who signed, whatever
/// the parameters say. What agents may do that cannot sign is for the policy to say.
package struct Endpoints: Sendable {
    /// What the endpoints do their work with.
    package struct Services: Sendable {
        let fleet: Fleet
        /// Answers questions about agents and projects while `fleet` changes something.
        package var reader: Fleet
        let reception: Reception
        let replays: ReplayGuard
        /// Where requests wait for triggers.
        let triggers: TriggerBoard
        let logs: AgentLogs
        /// What an enrolled agent needs to know of this controller.
        let details: ControllerDetails
        let policy: Policy
        /// Is told that the set of enrolled keys may have changed; the agent's answer waits for it.
        package var keysChanged: @Sendable () async throws -> Void = {}
        /// Is told that a bundle waits for import.
        package var bundleReceived: @Sendable () -> Void = {}
        /// Bytes that lie in an agent's directory.
        package var usage: @Sendable (AgentKey) async throws -> Int = { _ in 0 }
        /// Lines `NAME=value` for the environment of agents that may gather; `nil` for none.
        package var environment: @Sendable () async throws -> String? = { nil }
        /// Certificates that will be used later.
        package var nextCertificates: @Sendable () async throws -> [Certificate] = { [] }
        /// Rules for the user names of a project.
        package var usernames: @Sendable (ProjectKey) -> [UsernameRule] = { _ in [] }
        /// Makes ready what an agent of the older system expects in its directory.
        package var prepareUploads: @Sendable (AgentKey, ProjectKey) async throws -> Void = { _, _ in }
        /// Takes what an agent of the older system has uploaded; `nil` where nothing brings it into the database.
        ///
        /// Its last argument is the files that the notification calls update trackers.
        package var legacyDelivered: (@Sendable (AgentKey, ProjectKey, Set<String>) async throws -> Void)?
        /// Whether what the controller stands on works: the name of each part, and what is wrong with it.
        package var health: @Sendable () async -> [(name: String, fault: String?)] = { [] }
        /// Figures of the process, for `/metrics`.
        package var processFigures: @Sendable () async -> [(name: String, help: String, value: Double)] = { [] }
        /// Offers an agent the update trackers of a project that it may gather, should it have lost its own.
        package var offerTrackers: @Sendable (AgentKey, ProjectKey) async throws -> Void = { _, _ in }

        /// The fleet as people look at it: with a connection of its own to the store, nobody who looks keeps agents waiting.
        package var operators: Fleet
        /// The latest runs, of one project or of all, at most so many.
        package var runs: @Sendable (ProjectKey?, Int) async throws -> [RunList.Run] = { _, _ in [] }
        /// What was refused.
        package var quarantine: @Sendable () async throws -> [Purge.Find] = { [] }

        package init(
            fleet: Fleet, reception: Reception, replays: ReplayGuard, triggers: TriggerBoard, logs: AgentLogs,
            details: ControllerDetails, policy: Policy
        ) {
            self.fleet = fleet
            reader = fleet
            operators = fleet
            self.reception = reception
            self.replays = replays
            self.triggers = triggers
            self.logs = logs
            self.details = details
            self.policy = policy
        }
    }

    let services: Services
    let logger: Logger
    let limiter: RateLimiter
    let desk = PasswordDesk()
    let sightings: Sightings

    /// - Parameter now: the clock of all limits on how often something may be done, which tests stop.
    package init(
        _ services: Services, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        limiter = RateLimiter(now: now)
        self.services = services
        self.logger = logger
        sightings = Sightings(services.fleet) { error in
            logger.warning("cannot note which agents were seen", ["error": .text("\(error)")])
        }
    }

    /// The answer to a request, whatever happens; details of faults are in the log only.
    package func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        let refusals = "refusals \(request.peer)"
        do {
            guard let path = Route.find(request.path) else { throw Denial(404, "There is nothing at this address.") }
            guard let route = path.first(where: { $0.method == request.method }) else {
                throw Denial(405, "This address is for \(path.map(\.method).joined(separator: " and ")).")
            }
            if limiter.isExhausted(refusals) { try requireAllowance(.refusals, of: refusals) }
            return try await route.handler(self)(request)
        } catch let denial as Denial {
            noteDenial(denial, request)
            let path = Route.find(request.path)
            var response =
                if path?.first?.isPage == true {
                    (denial.status == 401 ? FleetPages.login(problem: denial.text) : FleetPages.denied(denial.text))
                        .response(denial.status)
                } else {
                    HTTPServerResponse(denial.status, text: denial.text)
                }
            if let seconds = denial.retryAfter { response.headers.append(("Retry-After", String(seconds))) }
            if denial.status == 405, let path {
                response.headers.append(("Allow", path.map(\.method).joined(separator: ", ")))
            }
            return response
        } catch {
            let incident = Hex.encode(Random.bytes(6))
            logger.error(
                "request failed",
                ["http.path": .text(request.path), "incident.id": .text(incident), "error": .text("\(error)")])
            return HTTPServerResponse(
                500, text: "The controller failed at this request. Its log tells more under \(incident).")
        }
    }

    /// Counts a refusal against the address, and tells the log.
    func noteDenial(_ denial: Denial, _ request: HTTPServerRequest) {
        if denial.isRefusal { _ = limiter.take(of: "refusals \(request.peer)", .refusals) }
        logger.info(
            "request denied",
            [
                "http.path": .text(request.path), "http.status": .integer(denial.status),
                "peer.address": .text(request.peer), "reason": .text(denial.text),
            ])
    }
}
