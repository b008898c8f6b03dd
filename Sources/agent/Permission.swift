import Configuration
import ControllerAPI
import Delivery
import Enrolment
import Files
import Gathering
import HTTP
import Logging
import Policy
import Runs
import SFTP
import SourceSettings
import Synchronization
import Tables
import Timestamps

/// The sources of a project that are to be gathered, and those that the client's policy does not permit.
struct SourceSelection: Sendable {
    var sources: [any Source] = []
    var refused: [Refusal] = []
    /// Sources that others named, and that are not permitted either: the run lacks nothing without them.
    var passedOver: [Refusal] = []

    /// What a run tells of those that are refused.
    var outcomes: [SourceOutcome] {
        refused.map {
            SourceOutcome(source: $0.subject, state: .refused($0.reason), duration: .zero)
        }
    }
}

/// Where the client's policy is asked.
extension Composition {
    /// Why a gathering of a project may not begin now; `nil` where it may.
    func admission(of project: ProjectKey, now: Timestamp = .now) async throws -> Refusal? {
        if let refusal = policy.refusal(ofProject: project.text) { return refusal }
        if let refusal = policy.refusal(ofProject: project.text, at: now) { return refusal }
        guard let rate = policy.rate else { return nil }
        let starts = try await journal.starts(of: project, after: now + (.zero - rate.within))
        return policy.refusal(ofProject: project.text, after: starts, now: now)
    }

    /// Whether the policy permits a gathering now, as a check of preflight; nothing where there is no policy.
    func admissionChecks(of project: ProjectKey) async throws -> [PreflightReport.Check] {
        guard let path = policy.path else { return [] }
        guard let refusal = try await admission(of: project) else {
            return [.passed("policy", "\(path) permits it now")]
        }
        let problem: PreflightReport.Problem = refusal.isNotNow ? .policyNotNow : .policyRefused
        return [.failed("policy", problem, refusal.reason, refusal.advice)]
    }

    func refusal(of definition: SourceDefinition, _ project: ProjectKey) -> Refusal? {
        policy.refusal(of: definition, project, setup.resolver)
    }

    /// All that is defined as a source of a project and that others may know of.
    func permittedList(of project: ProjectKey) throws -> SourceList {
        let list = try sourceList(of: project)
        let permitted = list.definitions.filter { refusal(of: $0, project) == nil }
        return permitted.count == list.definitions.count ? list : SourceList(file: permitted, numbered: [])
    }

    /// Where a controller wants bundles to go.
    func refusal(ofDeliveryTo service: SSHService) -> Refusal? {
        guard let controller = setup.agent.controller else { return nil }
        return policy.refusal(
            ofDeliveryTo: service.host ?? controller.host, port: service.port, controller: controller.host)
    }

    /// Where the controller wants bundles to go. It is looked at what the host resolves to, unless it is the controller's own.
    func server(
        _ service: SSHService, _ host: String, _ identity: AgentIdentity
    ) throws -> SFTPServer {
        var server = try SFTPServer(service, controller: host, privateKey: identity.path)
        guard server.host.lowercased() != host.lowercased() else { return server }
        let (policy, name, port) = (policy, server.host, Int(server.port))
        server.addressRefusal = { policy.refusal(ofAddress: $0, ofDeliveryTo: name, port: port)?.reason }
        return server
    }

    /// Keeps a run that the policy does not permit in the journal, with all that is kept of a refusal.
    /// - Parameter trigger: the number of the controller's wish that is done with by this.
    @discardableResult
    func refuse(
        _ project: ProjectKey, _ refusal: Refusal, _ cause: RunCause, trigger: Int? = nil
    ) async throws -> RunResult {
        await note([refusal], of: project)
        let result = RunResult(
            end: .now, outcome: refusal.isNotNow ? .notNow : .failed, problem: "refused: \(refusal.reason)",
            advice: refusal.advice)
        try await journal.refuse(
            RunRecord(id: RunID(), project: project, cause: cause, start: .now), result, granting: trigger)
        return result
    }

    /// Logs what was refused and keeps it for `agent status`. The controller's log does not get it: what the client keeps
    /// from it is nothing to tell it.
    func note(_ refusals: [Refusal], of project: ProjectKey?) async {
        await note(
            refusals.map { RefusedWish(project: project?.text ?? "", text: $0.description, advice: $0.advice) })
    }

    func note(_ wishes: [RefusedWish]) async {
        for wish in wishes {
            localLogger.warning(
                "the policy refuses what is wanted",
                ["project.key": .text(wish.project), "policy.refusal": .text(wish.text)])
        }
        do {
            try await journal.note(wishes)
        } catch {
            localLogger.warning("what was refused cannot be noted", ["error.text": .text("\(error)")])
        }
    }

    /// The agent for the rest of a run, with the variables that the controller's answer to preflight sets and may set.
    func granting(toControllerOf project: ProjectKey, _ logger: Logger) async -> Composition {
        let path = "\(exportDirectory(of: project))/\(Preflight.environmentFile)"
        do {
            guard try Files.status(path) != nil else { return self }
            let variables = ControllerVariables(try Files.read(path, limit: ControllerVariables.limit), path: path) {
                policy.refusal(ofVariable: $0)?.reason
            }
            await note(refused(variables, of: project))
            guard !variables.accepted.isEmpty else { return self }
            let names = variables.accepted.map(\.name).joined(separator: " ")
            logger.info("the controller sets variables for this run", ["setting.names": .text(names)])
            return try granting(variables)
        } catch {
            logger.warning(
                "what the controller sets for this run cannot be used", ["error.text": .text(Fault(error).text)])
            return self
        }
    }

    private func refused(_ variables: ControllerVariables, of project: ProjectKey) -> [RefusedWish] {
        // A controller may send thousands.
        let limit = 20
        let advice = policy.refusal(ofVariable: "")?.advice
        var wishes = variables.refused.prefix(limit).map {
            RefusedWish(project: project.text, text: $0.description, advice: advice)
        }
        if variables.refused.count > limit {
            wishes.append(
                RefusedWish(project: project.text, text: "the controller sets still more variables", advice: advice))
        }
        return wishes
    }
}

extension Policy {
    /// Why a source may not be gathered; `nil` where it may, or where it fails by itself because nobody can tell where it
    /// is.
    func refusal(of definition: SourceDefinition, _ project: ProjectKey, _ resolver: SourceResolver) -> Refusal? {
        let source: ResolvedSource
        do {
            source = try resolver.resolve(definition)
        } catch {
            return nil
        }
        return refusal(
            of: WantedSource(
                name: source.name, type: source.kind.rawValue, project: project.text, address: source.address,
                others: source.platformAddress.map { [$0] } ?? []))
    }

    /// Whether what was gathered holds nothing that may not leave: the policy may have changed since.
    func permits(_ harvest: Harvest) -> Bool {
        harvest.tables.allSatisfy { table in
            let kept = Set(harvest.withheld[table.schema.name] ?? [])
            return fields.permits(table.schema) && fields.withheld(of: table.schema).allSatisfy(kept.contains)
        }
    }

    /// Looks at each request to a web API, also where a server sends us on to another one.
    func watch(_ tally: RequestTally) -> HTTPWatch {
        let policy = self
        let pace = requestsPerMinute.map { RequestPace(requestsPerMinute: $0) }
        return HTTPWatch(
            refusal: { address in
                let place = SourceAddress(host: address.host, port: address.port, path: address.path)
                if let refusal = policy.refusal(ofHost: place) { return refusal.reason }
                await pace?.wait(address.host)
                tally.addRequest()
                return nil
            },
            addressRefusal: { host, address, isElsewhere in
                policy.refusal(
                    ofAddress: address, of: host.host, namedBy: isElsewhere ? .other : .client)?.reason
            }, answered: { tally.addAnswer(bytes: $0.body.count) })
    }
}

/// Counts the requests to web APIs, and the bytes that came.
final class RequestTally: Sendable {
    struct Counts: Sendable, Equatable {
        var requests = 0
        var bytes = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func addRequest() { state.withLock { $0.requests += 1 } }
    func addAnswer(bytes: Int) { state.withLock { $0.bytes += bytes } }
}
