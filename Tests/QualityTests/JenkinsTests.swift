import Files
import ForgeTestSupport
import Gathering
import Jenkins
import REST
import Testing

@Suite(.timeLimit(.minutes(15))) struct JenkinsTests {
    @Test(arguments: [0, 1, 2500])
    func countsJobsViewsAndNodes(jobs: Int) async throws {
        let server = try PlatformServer(.jenkins, "jobs=\(jobs)")
        let gathered = try Gathered()
        try await gathered.gather(server.jenkins())
        #expect(
            gathered.rows("jenkins") == [
                ["host": "\(server.address)/ci/", "jobs": "\(jobs)", "views": "2", "nodes": "2"]
            ])
        #expect(gathered.report.gaps.isEmpty && gathered.report.cursors.isEmpty)
    }

    @Test func doesWithoutViews() async throws {
        let server = try PlatformServer(.jenkins, "views=0")
        let gathered = try Gathered()
        try await gathered.gather(server.jenkins())
        #expect(gathered.rows("jenkins").map { $0["views"] } == ["0"])
    }

    @Test(arguments: ["html", "null", "truncated", "deep"])
    func aDamagedAnswerIsAFaultThatShowsNothingOfIt(how: String) async throws {
        let server = try PlatformServer(.jenkins)
        try await server.set("spoil=computer&how=\(how)")
        let error = await #expect(throws: (any Error).self) { try await Gathered().gather(server.jenkins()) }
        #expect(error.map { !"\($0)".contains("somebody") && !"\($0)".contains("Built-In") } == true)
    }

    @Test func aServerThatIsNotThereIsAFault() async throws {
        let server = try PlatformServer(.jenkins)
        try await server.set("gone=api/json")
        let error = await #expect(throws: RESTError.self) { try await Gathered().gather(server.jenkins()) }
        #expect(error?.code == .notFound)
        try await server.set("revoked=1")
        let refused = await #expect(throws: RESTError.self) { try await Gathered().gather(server.jenkins()) }
        #expect(refused?.code == .unauthorised && refused?.advice != nil)
    }
}
