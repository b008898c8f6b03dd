internal import ControllerAPI
internal import Fleet
internal import HTTPServer
internal import Reception

extension Endpoints {
    /// `POST /auth/export?project=P` with the form fields `agent` and `files`.
    func export(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try request.require("POST")
        let parameters = try Parameters(request, agentFrom: .signature)
        let key = try await authorize(request, parameters)
        let notification: ExportNotification
        do {
            notification = try ExportNotification(fields: try request.form())
        } catch {
            throw Denial(400, "\(error)")
        }
        guard let announcement = notification.files?.bundle else {
            throw Denial(400, "The notification announces no bundle.")
        }
        do {
            let receipt = try await services.reception.receive(
                announcement, of: parameters.project, from: parameters.agent, key: key)
            services.bundleReceived()
            return .json(202, try receipt.json())
        } catch let error as ReceptionError {
            throw Denial(error.code == .refused ? 422 : 409, error.description)
        }
    }
}
