package import Bundles
internal import ControllerAPI
internal import FoundationEssentials
package import HTTP
package import Logging

/// A job of Jenkins that is started for each bundle once it is imported, by the remote access interface
/// (https://www.jenkins.io/doc/book/using/remote-access-api/). It gets the parameters that the older system gave it; those that
/// it has besides are as the job says.
package struct JobSink: Sink {
    package struct Settings: Sendable {
        /// `https://jenkins.example/job/NAME`, with folders as `/job/FOLDER/job/NAME`; no slash at the end.
        package var address: String
        /// The value of the header `Authorization`.
        package var authorization: String?
        /// The word that the job wants of those who start it from afar.
        package var token: String?
        /// A PEM file with the only authorities to trust.
        package var authorityFile: String?
        /// The address of the Jira server that the job shall ask.
        package var jira: String?

        package init(
            address: String, authorization: String?, token: String?, authorityFile: String?, jira: String?
        ) {
            self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
            self.authorization = authorization
            self.token = token
            self.authorityFile = authorityFile
            self.jira = jira
        }

        /// The address of Jenkins itself.
        var root: String { address.firstRange(of: "/job/").map { String(address[..<$0.lowerBound]) } ?? address }
    }

    package let name = "jenkins"
    package let takesRows = false
    private let settings: Settings
    private let http: HTTPClient
    private let logger: Logger

    package init(_ settings: Settings, http: HTTPClient, logger: Logger) {
        self.settings = settings
        self.http = http
        self.logger = logger
    }

    package func append(_ json: [UInt8], id: String, table: String, to content: inout [UInt8]) {}

    package func take(_ files: [RowFile], of bundle: BundleIdentity) async throws -> Int {
        let crumb = try await crumb()
        var request = try request(.post, "\(settings.address)/buildWithParameters")
        request.body = Array(FormFields(parameters(bundle.project)).body.utf8)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        if let crumb {
            request.headers[crumb.field] = crumb.value
            // A crumb counts in the session that it was given in.
            if !crumb.cookies.isEmpty { request.headers["Cookie"] = crumb.cookies }
        }
        let response = try await send(request)
        switch response.status {
        case 200, 201, 303:
            let item = response.headers["Location"].map { $0.split(separator: "/").last.map(String.init) ?? "" } ?? ""
            logger.info(
                "a job was started",
                [
                    "project.key": .text(bundle.project.text), "run.id": .text(bundle.run.text),
                    "jenkins.queue_item": .text(item.allSatisfy(\.isNumber) ? item : ""),
                ])
            return 0
        case 404: throw unknown
        case 400, 405: throw unusable("status \(response.status)", "Give the job parameters, at least listOfProjects.")
        case 409: throw unusable("a disabled job", "Enable the job in Jenkins.")
        default: throw fault(response)
        }
    }

    /// What the older system gave the job.
    private func parameters(_ project: ProjectKey) -> [FormFields.Field] {
        var fields = [
            FormFields.Field("listOfProjects", project.text),
            .init("importerTasks", "all,developerlink,-vcs,-jenkins"), .init("logLevel", "INFO"),
            .init("cleanupRepos", "true"),
            .init(
                "gathererScripts",
                "project_sources.py project_to_json.py jira_to_json.py history_to_json.py metric_options_to_json.py "
                    + "ldap_to_json.py"),
            .init("cause", "imported by the controller"),
        ]
        if let jira = settings.jira { fields.append(.init("jiraParameters", "--server \(jira)")) }
        if let token = settings.token { fields.append(.init("token", token)) }
        return fields
    }

    // MARK: The crumb

    private struct Crumb {
        let field: String
        let value: String
        let cookies: String
    }

    private struct CrumbAnswer: Decodable {
        let crumb: String
        let crumbRequestField: String
    }

    /// The word against forged requests; `nil` where Jenkins wants none.
    private func crumb() async throws -> Crumb? {
        let response = try await send(request(.get, "\(settings.root)/crumbIssuer/api/json"))
        switch response.status {
        case 200:
            let answer: CrumbAnswer
            do { answer = try JSONDecoder().decode(CrumbAnswer.self, from: Data(response.body)) } catch {
                throw unusable(
                    "other content at /crumbIssuer/api/json", "Check JENKINS_JOB_URL: it is the address of a job.")
            }
            let cookies = response.headers.values(of: "Set-Cookie").map { String($0.prefix { $0 != ";" }) }
            return Crumb(
                field: answer.crumbRequestField, value: answer.crumb, cookies: cookies.joined(separator: "; "))
        case 404: return nil
        default: throw fault(response)
        }
    }

    // MARK: Requests

    private func request(_ method: HTTPRequest.Method, _ address: String) throws(HTTPError) -> HTTPRequest {
        var request = try HTTPRequest(method, address)
        request.headers["Accept"] = "application/json"
        request.headers["Authorization"] = settings.authorization
        if let file = settings.authorityFile { request.trust = .certificate(file: file) }
        // The operator wrote the scheme.
        request.transport = .plainAllowed
        request.timeouts = .init(connect: .seconds(15), stall: .seconds(60), total: .seconds(120))
        return request
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        do throws(HTTPError) {
            return try await http.send(request)
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw SinkError.busy(name, "\(error)")
        }
    }

    private func fault(_ response: HTTPResponse) -> SinkError {
        switch response.status {
        case 401:
            .denied(
                name, expected: "that the login is right", "status 401",
                advice: "Check JENKINS_JOB_USER and JENKINS_JOB_PASSWORD, which may be a token of that user.")
        case 403:
            .denied(
                name, expected: "that the login may start the job", "status 403",
                advice:
                    "Check JENKINS_JOB_TOKEN, which is the job's own, and that the user has the permissions Job/Read and "
                    + "Job/Build.")
        case 408, 429, 500...: .busy(name, "status \(response.status)")
        default: unusable("status \(response.status)", "Check JENKINS_JOB_URL: it is the address of a job.")
        }
    }

    private var unknown: SinkError {
        unusable(
            "status 404",
            "Check JENKINS_JOB_URL, and that the user of JENKINS_JOB_USER may see the job: Jenkins says the same of both."
        )
    }

    private func unusable(_ reason: String, _ advice: String) -> SinkError {
        .unusable(name, expected: "a job with parameters", reason, advice: advice)
    }
}
