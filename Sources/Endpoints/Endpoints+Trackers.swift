internal import ControllerAPI
internal import Fleet
internal import HTTPServer

extension Endpoints {
    /// `GET /auth/trackers?project=P&agent=A`: an object of texts, what the update trackers of the project hold by the names
    /// of their files. The controller's own note of when it was last gathered is none of them.
    func trackers(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let parameters = try Parameters(request)
        _ = try await authorize(request, parameters)
        var files: [String: String] = [:]
        for (name, content) in try await services.reader.trackers(of: parameters.project)
        where name != Self.controllersOwn { files[name] = content }
        return .json(200, try WireJSON.encode(files, subject: "trackers"))
    }

    private static let controllersOwn = "preflight_date.txt"
}
