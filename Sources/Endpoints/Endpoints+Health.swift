internal import ControllerAPI
internal import HTTPServer
internal import Logging

extension Endpoints {
    /// `GET /readyz`: whether all that requests need can be used. Names of parts only: what is wrong is in the log.
    func readiness() async -> HTTPServerResponse {
        let parts = await services.health()
        for part in parts {
            if let fault = part.fault {
                logger.warning("a part cannot be used", ["part": .text(part.name), "error": .text(fault)])
            }
        }
        let isOK = parts.allSatisfy { $0.fault == nil }
        let members = parts.map { #""\#($0.name)": \#($0.fault == nil)"# }
        let text = "{" + (["\"ok\": \(isOK)"] + members).joined(separator: ", ") + "}"
        return .json(isOK ? 200 : 503, Array(text.utf8))
    }
}
