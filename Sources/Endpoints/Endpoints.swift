package import ControllerAPI
import Cryptography
package import Fleet
package import HTTPServer
package import Logging
package import Reception

/// Answers what agents ask of the controller. Every request is signed by its agent; the agent is who signed, whatever
/// the parameters say.
package struct Endpoints: Sendable {
    /// What the endpoints do their work with.
    package struct Services: Sendable {
        let fleet: Fleet
        let reception: Reception
        let replays: ReplayGuard
        /// Where requests wait for triggers.
        let triggers: TriggerBoard
        /// What an enrolled agent needs to know of this controller.
        let details: ControllerDetails
        /// Is told that the set of enrolled keys may have changed; the agent's answer waits for it.
        let keysChanged: @Sendable () async throws -> Void
        /// Is told that a bundle waits for import.
        let bundleReceived: @Sendable () -> Void

        package init(
            fleet: Fleet, reception: Reception, replays: ReplayGuard, triggers: TriggerBoard,
            details: ControllerDetails,
            keysChanged: @escaping @Sendable () async throws -> Void, bundleReceived: @escaping @Sendable () -> Void
        ) {
            self.fleet = fleet
            self.reception = reception
            self.replays = replays
            self.triggers = triggers
            self.details = details
            self.keysChanged = keysChanged
            self.bundleReceived = bundleReceived
        }
    }

    let services: Services
    private let logger: Logger

    package init(_ services: Services, logger: Logger) {
        self.services = services
        self.logger = logger
    }

    /// The answer to a request, whatever happens; details of faults are in the log only.
    package func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        if request.path == "/healthz" { return .json(200, Array(#"{"ok": true}"#.utf8)) }
        guard let endpoint = Endpoint(path: request.path) else {
            return HTTPServerResponse(404, text: "There is nothing at this address.")
        }
        do {
            switch endpoint {
            case .agent: return try await register(request)
            case .status: return try await status(request)
            case .export: return try await export(request)
            case .wait: return try await wait(request)
            case .log, .access, .encrypt, .version:
                return HTTPServerResponse(404, text: "There is nothing at this address.")
            }
        } catch let denial as Denial {
            logger.info(
                "request denied",
                [
                    "http.path": .text(request.path), "http.status": .integer(denial.status),
                    "peer.address": .text(request.peer), "reason": .text(denial.text),
                ])
            return HTTPServerResponse(denial.status, text: denial.text)
        } catch {
            let incident = Hex.encode(Random.bytes(6))
            logger.error(
                "request failed",
                ["http.path": .text(request.path), "incident.id": .text(incident), "error": .text("\(error)")])
            return HTTPServerResponse(
                500, text: "The controller failed at this request. Its log tells more under \(incident).")
        }
    }
}
