import Forges
import Gathering
import REST
import Tables

/// The work of one gathering; used by one task, which may have several requests under way.
final class GitHubGathering {
    let run: ForgeRun
    let mapping: GitHubMapping
    /// `repos/owner/name`
    let path: String
    let stream: RecordStream

    /// Numbers of issues and pull requests that are new; what was said about them is.
    var issues: Set<Int> = []
    var pulls: Set<Int> = []
    /// New issues and pull requests of which it is known that nothing was said.
    var silent: Set<Int> = []
    /// How many remarks the new issues have, as the server says.
    var expectedComments = 0
    /// Who closed an issue, where that had to be looked up for all.
    var closers: [Int: GitHubAnswer.User]?

    init(run: ForgeRun, mapping: GitHubMapping, path: String, stream: RecordStream) {
        self.run = run
        self.mapping = mapping
        self.path = path
        self.stream = stream
    }

    var eagerness: RESTClient.Eagerness { run.isFirst ? .parallel : .sequential }

    func all() async throws {
        run.begin("repository")
        var request = RESTRequest(path)
        request.isConditional = true
        if let repository = try await run.client.get(GitHubAnswer.Repository.self, request) {
            try stream.append(mapping.record(repository))
        }
        try await run.part("issues", readIssues)
        try await run.part("pull requests", readPullRequests)
        try await run.part("missing numbers", lookForMissing)
        try await run.part("remarks", readIssueComments)
        try await run.part("review remarks", readReviewComments)
        try await run.part("commit remarks", readCommitComments)
    }

    /// A list in which what changed last comes first, so that reading may end where the last gathering did. Its first
    /// page is the same request each time: unchanged, there is nothing new at all.
    func list(_ resource: String, _ more: [(name: String, value: String)] = []) -> RESTRequest {
        var request = RESTRequest(
            "\(path)/\(resource)", more + [("sort", "updated"), ("direction", "desc")])
        request.isConditional = true
        return request
    }

    /// Whether a page of such a list is the last one of interest. A server that does not sort is read to its end.
    func verdict(_ order: inout ListOrder, _ moments: [APIDate]) -> PageVerdict {
        order.add(moments)
        guard !run.isFirst, order.isDescending, let last = moments.last else { return .more }
        return run.isBefore(last.moment) ? .stop : .more
    }

    /// Runs a few requests at once and hands over what they gave in the order of the elements.
    func together<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        var values = [Value?](repeating: nil, count: elements.count)
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var waiting = elements.enumerated().makeIterator()
            func start() {
                if let (index, element) = waiting.next() { group.addTask { (index, try await body(element)) } }
            }
            for _ in 0..<run.client.configuration.parallelism { start() }
            while let (index, value) = try await group.next() {
                values[index] = value
                start()
            }
        }
        return values.compactMap(\.self)
    }
}

/// Whether a list is sorted by date, newest first, as was asked for.
struct ListOrder {
    private(set) var isDescending = true
    private var last: APIDate?

    mutating func add(_ moments: [APIDate]) {
        for moment in moments {
            if let last, last.moment < moment.moment { isDescending = false }
            last = moment
        }
    }
}
