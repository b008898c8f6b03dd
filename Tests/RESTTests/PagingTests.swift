import REST
import TestSupport
import Testing

@Suite struct PagingTests {
    private let server: APIServer

    init() throws { server = try APIServer() }

    private struct Envelope: Decodable {
        let total: Int?
        let values: [Int]
        let token: String?
    }

    private func read(
        _ path: String, _ paging: Paging<[Int]> = .links(size: 10)
    ) async throws -> ([Int], ListReport) {
        var all: [Int] = []
        let report = try await server.client().pages(RESTRequest(path), as: [Int].self, paging) {
            all += $0
            return .more
        }
        return (all, report)
    }

    private func read(_ path: String, _ paging: Paging<Envelope>) async throws -> ([Int], ListReport) {
        var all: [Int] = []
        let report = try await server.client().pages(RESTRequest(path), as: Envelope.self, paging) {
            all += $0.values
            return .more
        }
        return (all, report)
    }

    @Test func readsAllPagesInOrderOnce() async throws {
        let (all, report) = try await read("items", .links(size: 10))
        #expect(all == Array(0..<25) && report.gaps == [] && report.pages == 3)
        #expect(try await server.requests().count == 3)
    }

    @Test func readsByOffsetThoughPagesAreSmallerThanAskedFor() async throws {
        let (all, report) = try await read("offset", .offset(count: { $0.values.count }, total: { $0.total }))
        #expect(all == Array(0..<25) && report.gaps == [] && report.expected == 25)
    }

    @Test func readsByNumberAndByToken() async throws {
        let numbered = try await read(
            "numbered",
            .numbers(page: "p", size: "ps", pageSize: 10, count: { $0.values.count }, total: { $0.total }))
        #expect(numbered.0 == Array(0..<25))
        let continued = try await read(
            "continued",
            .next(count: { $0.values.count }) { body, _ in
                body.token.map { RESTRequest("continued", [("token", $0)]) }
            })
        #expect(continued.0 == Array(0..<25))
    }

    @Test func stopsWhenTheReaderHasEnough() async throws {
        let report = try await server.client().pages(RESTRequest("items"), as: [Int].self, .links(size: 10)) { _ in
            .stop
        }
        #expect(report.isStopped && report.gaps == [])
        #expect(try await server.requests().count == 1)
    }

    @Test(arguments: ["items1", "items2"])
    func findsOutAnEntryThatWasDropped(path: String) async throws {
        let (_, report) = try await read(path, .links(size: 10))
        #expect(report.gaps.count == 1 && report.gaps[0].contains("9 entries, expected 10"))
    }

    @Test func asksAgainForAPageThatIsShort() async throws {
        let (all, report) = try await read("items2once", .links(size: 10))
        #expect(all == Array(0..<25) && report.gaps == [])
    }

    @Test func findsOutAPageThatWasDropped() async throws {
        let (_, report) = try await read("items2end", .links(size: 10))
        #expect(report.gaps.contains { $0.contains("page 2") })
    }

    @Test func findsOutThatTheTotalIsNotReached() async throws {
        let (_, report) = try await read("counted", .links(size: 10))
        #expect(report.gaps == ["the server has 25 entries, found 24"])
    }

    @Test func doesNotGoInCircles() async throws {
        let (_, report) = try await read("circle", .links(size: 10))
        #expect(report.gaps.count == 1 && report.gaps[0].contains("read before"))
    }

    @Test func doesNotReadTheSamePageForEver() async throws {
        let (all, report) = try await read("endless", .links(size: 10))
        #expect(all == [1, 2] && report.gaps.count == 1 && report.gaps[0].contains("page before"))
    }

    /// Lists that are read ahead are asked for once, page by page.
    @Test func readsListsAheadWithoutAskingTwice() async throws {
        let client = try server.client(stores: .init(spool: try AnswerStore("\(server.directory.path)/spool")))
        let lists = ["items", "items?n=35"].map { RESTRequest($0) }
        var found: [[Int]] = []
        try await client.readingAhead(lists.map { .links($0) }) {
            for list in lists {
                var all: [Int] = []
                _ = try await client.pages(list, as: [Int].self, .links(size: 100)) {
                    all += $0
                    return .more
                }
                found.append(all)
            }
        }
        #expect(found == [Array(0..<25), Array(0..<35)])
        let asked = try await server.requests()
        #expect(Set(asked).count == asked.count)
    }

    /// The server answers none of them before so many are under way.
    @Test(arguments: [("total", 9600, 5), ("notold", 8000, 2)])
    func readsALongListSeveralPagesAtOnce(kind: String, entries: Int, together: Int) async throws {
        let client = try server.client(stores: .init(spool: try AnswerStore("\(server.directory.path)/spool")))
        let list = RESTRequest("together", [("n", "\(entries)"), ("kind", kind), ("wait", "\(together)")])
        var count = 0
        _ = try await client.readingAhead([.links(list)]) {
            try await client.pages(list, as: [Int].self, .links()) {
                #expect($0.first == count)
                count += $0.count
                return .more
            }
        }
        #expect(count == entries)
        let asked = try await server.requests()
        #expect(Set(asked).count == asked.count && asked.count <= entries / 100 + 2, "\(asked.count)")
    }
}
