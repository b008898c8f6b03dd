internal import ControllerAPI
internal import Fleet
internal import HTTPServer

extension Endpoints {
    /// `GET /auth/status?project=P&agent=A`
    func status(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try request.require("GET")
        let parameters = try Parameters(request)
        _ = try await authorize(request, parameters)
        let answer = StatusAnswer([
            StatusPart(.database, isOK: true), StatusPart(.tracker, isOK: true), StatusPart(.permissions, isOK: true),
            StatusPart(.lock, isOK: true), StatusPart(.importer, isOK: true), StatusPart(.daemon, isOK: true),
            StatusPart(.network, isOK: true), StatusPart(.configuration, isOK: true),
        ])
        return .json(answer.httpStatus, try answer.json())
    }
}
