import Files
import ForgeTestSupport
import Forges
import Gathering
import REST
import Tables
import TestSupport
import Testing

/// What is expected of each platform's connector alike.
@Suite struct EveryPlatformTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let platform: PlatformServer.Platform
        let options: String
        /// A list with several pages.
        let list: String

        var testDescription: String { "\(platform) \(options)" }
    }

    static let cases = [
        Case(platform: .gitHub, options: "issues=25&comments=25&lines=12", list: "/issues"),
        Case(platform: .gitLab, options: "requests=6&events=12", list: "/merge_requests"),
        Case(platform: .azureDevOps, options: "pushes=5&pulls=4", list: "/pushes"),
    ]

    /// More than one page of everything that comes in pages.
    static let long = [
        Case(platform: .gitHub, options: "issues=250&comments=250&lines=130", list: "/issues"),
        Case(platform: .gitLab, options: "requests=130&events=230", list: "/merge_requests"),
        Case(platform: .azureDevOps, options: "pushes=230&pulls=5", list: "/pushes"),
    ]

    @Test(arguments: cases)
    func gathersNothingTwice(_ example: Case) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let gathered = try Gathered()
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.count > 10 && gathered.report.gaps == [], "\(gathered.report.gaps)")
        #expect(gathered.report.coverage.allSatisfy { $0.isWhole && $0.to != nil })
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.report.gaps == [] && gathered.count == 0, "\(gathered.content)")
    }

    @Test(arguments: [PlatformServer.Platform.gitHub, .gitLab])
    func aSecondGatheringOfWhatIsUnchangedIsMostlyUnchangedAnswers(_ platform: PlatformServer.Platform) async throws {
        let server = try PlatformServer(platform)
        let gathered = try Gathered()
        try await gathered.gather(server.source(platform))
        _ = try await server.requests()
        try await gathered.gather(server.source(platform))
        let requests = try await server.requests()
        // Only the number of all is asked for anew.
        let changed = requests.filter { !$0.hasSuffix(" 304") }
        #expect(changed.allSatisfy { $0.contains("per_page=1 ") } && changed.count == 1, "\(requests)")
        #expect(requests.count <= 7)
    }

    @Test(arguments: [PlatformServer.Platform.gitHub, .gitLab])
    func tellsWhatVanishedSinceTheLastGathering(_ platform: PlatformServer.Platform) async throws {
        let server = try PlatformServer(platform)
        let gathered = try Gathered()
        try await gathered.gather(server.source(platform))
        try await server.set("deleted=2")
        try await gathered.gather(server.source(platform))
        #expect(gathered.report.tombstones.map(\.id) == ["2"] && gathered.report.gaps == [])
        try await gathered.gather(server.source(platform))
        #expect(gathered.report.tombstones == [])
    }

    /// Connections that are cut, errors of the server and limits that last too long, from any request on: what was
    /// answered is not asked for again, and of each list one page at most.
    @Test(arguments: cases + long, ["cut", "error", "over"])
    func endsTheSameWhereverItWasInterrupted(_ example: Case, _ fault: String) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let whole = try Gathered()
        try await whole.gather(server.source(example.platform))
        let total = try await server.requests().count
        for place in stride(from: 1, through: total, by: max(1, total / 4)) {
            let gathered = try Gathered()
            try await server.set("\(fault)=\(place)")
            await #expect(throws: RESTError.self) { try await gathered.gather(server.source(example.platform)) }
            let done = try await server.requests().filter { $0.hasSuffix(" 200") }.map(Self.address)
            try await server.set("")
            try await gathered.gather(server.source(example.platform))
            #expect(gathered.content == whole.content)
            let again = try await server.requests().map(Self.address).filter { done.contains($0) }
            let lists = again.map(Self.resource)
            #expect(Set(lists).count == lists.count, "\(again) after \(place) of \(total)")
        }
    }

    /// Whatever was under way when a gathering ended without a word, at most one page of each list is asked for again.
    @Test(arguments: long, [4, 7, 12])
    func asksAgainForOnePageOfEachListAtMost(_ example: Case, place: Int) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let whole = try Gathered()
        try await whole.gather(server.source(example.platform))
        _ = try await server.requests()
        let gathered = try Gathered()
        try await server.set("hold=\(place)")
        let source = try server.source(example.platform)
        let output = try TemporaryDirectory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let request = GatheringRequest(
                storage: gathered.storage.path, trackers: gathered.trackers, sprints: .empty,
                output: SourceOutput(directory: output.path, secrets: nil),
                activity: SourceActivity(), parallelism: 2)
            group.addTask { _ = try? await source.gather(request) }
            try await server.waitForHeldRequest()
            group.cancelAll()
            try await group.waitForAll()
        }
        withExtendedLifetime(output) {}
        let before = Set(try await server.requests().map(Self.address))
        try await server.set("")
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.content == whole.content)
        let again = try await server.requests().map(Self.address).filter { before.contains($0) }
        let lists = again.map(Self.resource)
        #expect(Set(lists).count == lists.count, "\(again)")
    }

    /// What a list or a thing is apart from its pages.
    private static func resource(_ address: String) -> String {
        let parts = address.split { $0 == "?" || $0 == "&" }
        return ([parts[0]] + parts.filter { $0.hasPrefix("artifactUri=") }).joined(separator: "?")
    }

    /// Method, path and query.
    private static func address(_ line: String) -> String {
        line.split(separator: " ").prefix(2).joined(separator: " ")
    }

    @Test(arguments: cases)
    func waitsForTheServersLimit(_ example: Case) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let whole = try Gathered()
        try await whole.gather(server.source(example.platform))
        #expect(server.sleeps == [])
        try await server.set("limit=3")
        let gathered = try Gathered()
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.content == whole.content)
        #expect(server.sleeps.max() ?? .zero >= .seconds(20))
    }

    @Test(arguments: long, ["drop", "dropPage"])
    func findsOutWhatWasDropped(_ example: Case, _ fault: String) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let gathered = try Gathered()
        try await server.set("\(fault)=\(example.list)")
        try await gathered.gather(server.source(example.platform))
        // Nothing tells that a list of Azure DevOps goes on after an empty page.
        guard example.platform != .azureDevOps || fault != "dropPage" else { return }
        #expect(gathered.report.gaps != [])
        // The cursor stays, so that the next gathering has what was lacking.
        #expect(gathered.trackers == Trackers())
        let whole = try Gathered()
        try await server.set("")
        try await whole.gather(server.source(example.platform))
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.content == whole.content && gathered.report.gaps == [])
    }

    @Test func goesOnFromAGapThatTheServerDoesNotFill() async throws {
        let server = try PlatformServer(.gitLab, "requests=130")
        let gathered = try Gathered()
        try await server.set("drop=/merge_requests")
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.report.cursors == [])
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.report.gaps != [] && gathered.report.cursors.count == 2)
    }

    @Test(arguments: cases)
    func tellsARevokedTokenInOneSentence(_ example: Case) async throws {
        let server = try PlatformServer(example.platform, example.options)
        try await server.set("revoked=1")
        let gathered = try Gathered()
        let error = await #expect(throws: RESTError.self) {
            try await gathered.gather(server.source(example.platform, token: "very-secret"))
        }
        #expect(error?.code == .unauthorised)
        let text = error?.description ?? ""
        #expect(text.contains("SOURCE_1_TOKEN") && text.contains("127.0.0.1") && !text.contains("very-secret"))
        #expect(try await server.requests().count == 1)
    }

    @Test(
        arguments: cases,
        ["truncated", "type", "number", "deep", "utf8", "html", "null", "nothing"])
    func namesWhereAnAnswerIsDamaged(_ example: Case, _ how: String) async throws {
        let server = try PlatformServer(example.platform, example.options)
        try await server.set("spoil=\(example.list)&how=\(how)")
        let gathered = try Gathered()
        try await gathered.gather(server.source(example.platform))
        // Numbers of any size are good where they do not matter, and so is an answer in ASCII.
        if how == "utf8" || how == "number" { return }
        let text = gathered.report.gaps.joined()
        #expect(text.contains("127.0.0.1") && text.contains("expected"), "\(text)")
        #expect(!text.contains("per_page") && !text.contains("somebody"))
    }

    /// Deleted users, empty texts, dates that nobody wrote down: whatever servers may leave out.
    @Test(arguments: cases, ["null", "absent"])
    func gathersWhatHasLittleMoreThanANumber(_ example: Case, _ how: String) async throws {
        let server = try PlatformServer(example.platform, "\(example.options)&bare=\(how)")
        let gathered = try Gathered()
        try await gathered.gather(server.source(example.platform))
        #expect(gathered.report.gaps == [] && gathered.count > 10, "\(gathered.report.gaps)")
        try await gathered.gather(server.source(example.platform))
        // Work items have no other mark of how far a gathering got.
        let rest = gathered.count - gathered.rows("tfs_work_item").count
        #expect(gathered.report.gaps == [] && rest == 0, "\(gathered.content)")
    }

    @Test(arguments: cases)
    func storesNoTokenAnywhere(_ example: Case) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let gathered = try Gathered()
        let directory = try TemporaryDirectory()
        let archive = try AnswerStore("\(directory.path)/answers")
        try await gathered.gather(
            server.source(example.platform, token: "very-secret") { $0.archive = archive }, isDelivered: false)
        for path in [gathered.storage.path, directory.path] {
            let found = Shell.run("grep -rl very-secret \"$1\"", path)
            #expect(found.status == 1 && found.output == "")
        }
    }

    @Test(arguments: cases)
    func replaysAnArchiveWithoutTheServer(_ example: Case) async throws {
        let server = try PlatformServer(example.platform, example.options)
        let (gathered, replayed) = (try Gathered(), try Gathered())
        let directory = try TemporaryDirectory()
        let archive = try AnswerStore("\(directory.path)/answers")
        try await gathered.gather(server.source(example.platform) { $0.archive = archive })
        _ = try await server.requests()
        let replay = try AnswerStore("\(directory.path)/answers")
        try await replayed.gather(server.source(example.platform) { $0.replay = replay })
        #expect(replayed.content == gathered.content)
        #expect(try await server.requests().count == 0)
    }
}
