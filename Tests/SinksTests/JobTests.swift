import ControllerAPI
import Database
import Files
import Fleet
import FoundationEssentials
import HTTP
import Logging
import Sinks
import TestSupport
import Testing

/// A job is started for each imported bundle, at a server that answers as Jenkins does.
@Suite struct JobTests {
    @Test(arguments: SinkBench.Backend.allCases)
    func theJobIsStartedOnceForEachBundle(backend: SinkBench.Backend) async throws {
        let bench = try SinkBench(backend)
        let jenkins = try Jenkins(in: bench.directory)
        // What was imported before anybody wanted the job starts nothing.
        _ = try bench.importTags(3)
        let worker = try bench.worker(jenkins.job())
        #expect(try await worker.drain() == 0)
        let run = try bench.importTags(2)
        _ = try bench.importTags(0)
        #expect(try await worker.drain() == 2)
        #expect(try await worker.drain() == 0)
        let builds = try jenkins.builds()
        #expect(builds.count == 2 && builds.allSatisfy { $0["listOfProjects"] == "DEMO" })
        #expect(builds[0]["importerTasks"] == "all,developerlink,-vcs,-jenkins" && builds[0]["logLevel"] == "INFO")
        #expect(builds[0]["jiraParameters"] == "--server https://jira.example" && builds[0]["cleanupRepos"] == "true")
        // Neither login nor token is in an address, where logs of servers would have it.
        #expect(try !jenkins.requests().contains { $0.contains("sesame") || $0.contains("?") })

        // Another start of the controller repeats nothing; a crash before the note repeats that one.
        #expect(try await bench.worker(jenkins.job()).drain() == 0)
        try bench.store.execute("DELETE FROM controller_sunk WHERE run = ?", run.text)
        #expect(try await bench.worker(jenkins.job()).drain() == 1)
        #expect(try jenkins.builds().count == 3)
    }

    /// Each: what Jenkins answers to the crumb's request and to the job's. Where a connection breaks that was used before,
    /// the library asks again on another one.
    @Test(arguments: ["[503]", "[0, 503]", "[0, 500]", "[-1]", "[0, -1, -1]", "[429]", "[0, 408]"])
    func whatPassesIsTriedAgain(faults: String) async throws {
        let bench = try SinkBench(.sqlite)
        let jenkins = try Jenkins(in: bench.directory)
        let worker = try bench.worker(jenkins.job())
        _ = try bench.importTags(1)
        try jenkins.fail(faults)
        let error = try await #require(throws: SinkError.self) { try await worker.drain() }
        #expect(error.code == .busy, "\(error)")
        let waiting = try #require(try await bench.fleet.figures().sinks.first)
        #expect(waiting.name == "jenkins" && waiting.waiting == 1 && waiting.fault == "\(error)")
        try jenkins.fail("[]")
        #expect(try await worker.drain() == 1)
        let done = try #require(try await bench.fleet.figures().sinks.first)
        #expect(done.waiting == 0 && done.fault == nil)
        #expect(try jenkins.builds().count == 1)
    }

    @Test(arguments: [
        (JobCase(password: "wrong"), SinkError.Code.denied, "JENKINS_JOB_PASSWORD"),
        (JobCase(token: "wrong"), .denied, "JENKINS_JOB_TOKEN"), (JobCase(user: "reader"), .denied, "Job/Build"),
        (JobCase(path: "/job/nosuch"), .unusable, "JENKINS_JOB_URL"),
        (JobCase(user: nil), .unusable, "JENKINS_JOB_USER"),
        (JobCase(path: "/job/plain"), .unusable, "listOfProjects"), (JobCase(path: "/job/off"), .unusable, "Enable"),
        (JobCase(faults: "[\"page\"]"), .unusable, "JENKINS_JOB_URL"),
    ])
    func whatSomebodyHasToMendSaysHow(job: JobCase, code: SinkError.Code, advice: String) async throws {
        let bench = try SinkBench(.sqlite)
        let jenkins = try Jenkins(in: bench.directory)
        let worker = try bench.worker(jenkins.job(job))
        _ = try bench.importTags(1)
        try jenkins.fail(job.faults)
        let error = try await #require(throws: SinkError.self) { try await worker.drain() }
        #expect(error.code == code && error.advice.contains(advice), "\(error) \(error.advice)")
        #expect(!"\(error)".contains("wrong") && !"\(error)".contains("sesame"))
        #expect(try jenkins.builds().isEmpty)
        // The rows are imported all the same, and nothing is forgotten.
        #expect(try await bench.worker(jenkins.job()).drain() == 1)
        #expect(try jenkins.builds().count == 1)
    }

    @Test func withoutCrumbsNoneIsSent() async throws {
        let bench = try SinkBench(.sqlite)
        let jenkins = try Jenkins(in: bench.directory)
        try Files.write([], to: "\(jenkins.directory)/no-crumbs")
        let worker = try bench.worker(jenkins.job())
        _ = try bench.importTags(1)
        #expect(try await worker.drain() == 1)
        #expect(try jenkins.builds().count == 1)
    }

    @Test func anAuthorityOfItsOwnIsTrustedAndNoOther() async throws {
        let bench = try SinkBench(.sqlite)
        let certificate = try TestCertificate(in: bench.directory, name: "jenkins")
        let other = try TestCertificate(in: bench.directory, name: "other")
        let jenkins = try Jenkins(in: bench.directory, certificate: certificate)
        let strict = try bench.worker(jenkins.job(JobCase(authority: other.certificate)))
        _ = try bench.importTags(1)
        let error = try await #require(throws: SinkError.self) { try await strict.drain() }
        #expect(error.code == .busy)
        #expect(try jenkins.requests().isEmpty)
        #expect(try await bench.worker(jenkins.job(JobCase(authority: certificate.certificate))).drain() == 1)
    }
}

/// How a job is asked for.
struct JobCase: Sendable {
    var path = "/job/team/job/import"
    var user: String? = "starter"
    var password = "pass word"
    var token = "open sesame"
    var authority: String?
    var faults = "[]"
}

/// A server that answers as Jenkins does.
final class Jenkins {
    let directory: String
    private let server: Peer
    private let address: String

    init(in temporary: TemporaryDirectory, certificate: TestCertificate? = nil) throws {
        directory = "\(temporary.path)/jenkins-server"
        try Files.makeDirectory(directory)
        let here = #filePath.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        let files = certificate.map { [$0.certificate, $0.key] } ?? []
        server = try Peer("/usr/bin/python3", ["\(here)/jenkins-server.py", directory] + files)
        address = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(try server.line())/ci"
    }

    func job(_ job: JobCase = JobCase()) throws -> JobSink {
        let login = job.user.map { "Basic \(Data("\($0):\(job.password)".utf8).base64EncodedString())" }
        return JobSink(
            .init(
                address: address + job.path, authorization: login, token: job.token, authorityFile: job.authority,
                jira: "https://jira.example"),
            http: try HTTPClient(HTTPClient.Configuration(userAgent: "test")), logger: Logger([]))
    }

    /// What goes wrong with the next requests, as JSON.
    func fail(_ faults: String) throws { try Files.write(faults.utf8, to: "\(directory)/faults.json") }

    /// The parameters of each build, oldest first.
    func builds() throws -> [[String: String]] {
        try lines("builds.jsonl").map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
    }

    func requests() throws -> [String] { try lines("requests.jsonl") }

    private func lines(_ name: String) throws -> [String] {
        guard try Files.status("\(directory)/\(name)") != nil else { return [] }
        return String(decoding: try Files.read("\(directory)/\(name)"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
