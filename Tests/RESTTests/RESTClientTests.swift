import Configuration
import Glibc
import HTTP
import REST
import TestSupport
import Testing

@Suite struct RESTClientTests {
    private let server: APIServer

    init() throws { server = try APIServer() }

    private func error(_ path: String, _ logins: [Authorization] = [], _ query: [(String, String)] = []) async throws
        -> RESTError?
    {
        do {
            _ = try await server.client(logins).send(RESTRequest(path, query)).decode([String].self)
            return nil
        } catch let error as RESTError {
            return error
        }
    }

    private func token(_ text: String, _ form: Authorization.Form = .token) -> Authorization {
        Authorization(form, Secret(text), name: "TOKEN_OF_TEST")
    }

    @Test func saysWhoAsks() async throws {
        let forms: [(Authorization.Form, String)] = [
            (.bearer, "Bearer abc"), (.token, "token abc"), (.basic(user: "me"), "Basic bWU6YWJj"),
            (.header("PRIVATE-TOKEN"), "abc"),
        ]
        for (form, expected) in forms {
            let answer = try await server.client([token("abc", form)]).get([String].self, RESTRequest("login"))
            #expect(answer == [expected])
        }
    }

    @Test func logsInWhereTheServerAsksForIt() async throws {
        let client = try server.client([token("abc", .challenge(user: "me"))])
        #expect(try await client.get([String].self, RESTRequest("challenge")) == ["Basic bWU6YWJj"])
    }

    @Test(arguments: ["flaky", "broken"])
    func triesAgainLaterAndLater(path: String) async throws {
        #expect(try await server.client().get([String].self, RESTRequest(path)) == ["well"])
        #expect(server.clock.sleeps == [.seconds(1), .seconds(2)])
    }

    @Test func givesUpAfterSixTries() async throws {
        let error = try await error("down")
        #expect(error?.code == .refused(status: 500) && error?.isPermanent == false)
        #expect(try await server.requests().count == 6)
    }

    @Test func waitsAsLongAsTheServerAsks() async throws {
        let answer = try await server.client().get([String].self, RESTRequest("limit", [("after", "77")]))
        #expect(answer == ["well"] && server.clock.sleeps == [.seconds(77)])
    }

    @Test func waitsAMinuteAndMoreWhereTheServerDoesNotSay() async throws {
        let answer = try await server.client().get([String].self, RESTRequest("limit", [("times", "3")]))
        #expect(answer == ["well"] && server.clock.sleeps == [.seconds(60), .seconds(120), .seconds(240)])
    }

    @Test func knowsGitHubsSecondaryLimitByItsWords() async throws {
        #expect(try await server.client().get([String].self, RESTRequest("secondary")) == ["well"])
        #expect(server.clock.sleeps == [.seconds(60), .seconds(120)])
    }

    @Test func waitsForTheEndOfTheWindowByTheServersClock() async throws {
        // The server's clock, which its `Date` header tells, is years ahead of ours.
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let request = RESTRequest("primary", [("now", "\(now.tv_sec)")])
        #expect(try await server.client().get([String].self, request) == ["well"])
        let slept = try #require(server.clock.sleeps.first)
        #expect(slept > .seconds(60) && slept <= .seconds(102) && server.clock.sleeps.count == 1)
    }

    @Test func leavesOthersTheirShareAndTakesTurnsWithTokens() async throws {
        let client = try server.client([token("one"), token("two")], share: 0.5)
        let request = RESTRequest("quota", [("reset", "600")])
        for _ in 0..<10 { _ = try await client.send(request) }
        #expect(server.clock.sleeps == [])
        #expect(client.isReplaying == false)
        _ = try await client.send(request)
        #expect(server.clock.sleeps.count == 1)
    }

    @Test func usesAnotherTokenWhereOneIsRevoked() async throws {
        let client = try server.client([token("old"), token("new")])
        #expect(try await client.get([String].self, RESTRequest("revoked")) == ["token new"])
    }

    @Test func tellsWhatWasRefused() async throws {
        let revoked = try await error("revoked", [token("old-secret")])
        #expect(revoked?.code == .unauthorised && revoked?.credential == "TOKEN_OF_TEST")
        #expect(
            revoked?.description.contains("old-secret") == false && revoked?.advice?.contains("TOKEN_OF_TEST") == true)
        #expect(try await error("forbidden")?.code == .forbidden(needed: "repo, read:org"))
        #expect(try await error("missing")?.code == .notFound)
    }

    @Test func asksForChangesOnlyOnceTheyCount() async throws {
        let path = "\(server.directory.path)/validators.json"
        var request = RESTRequest("tagged")
        request.isConditional = true
        let first = try Validators(path, mark: nil)
        #expect(try await server.client(stores: .init(validators: first)).get([String].self, request) == ["content"])
        let mark = try first.save()
        // The run of this mark never counted.
        let lost = try Validators(path, mark: "another")
        #expect(try await server.client(stores: .init(validators: lost)).get([String].self, request) == ["content"])
        let second = try Validators(path, mark: mark)
        #expect(try await server.client(stores: .init(validators: second)).get([String].self, request) == nil)
        let third = try Validators(path, mark: second.save())
        #expect(try await server.client(stores: .init(validators: third)).get([String].self, request) == nil)
    }

    @Test func replaysWhatWasArchived() async throws {
        let store = try AnswerStore("\(server.directory.path)/archive")
        let request = RESTRequest("items", [("n", "25")])
        func numbers(_ stores: RESTStores) async throws -> [Int] {
            var all: [Int] = []
            _ = try await server.client(stores: stores).pages(request, as: [Int].self, .links(size: 10)) {
                all += $0
                return .more
            }
            return all
        }
        let archived = try await numbers(.init(archive: store))
        let count = try await server.requests().count
        let replay = try AnswerStore("\(server.directory.path)/archive")
        #expect(try await numbers(.init(replay: replay)) == archived)
        #expect(try await server.requests().count == count)
        await #expect(throws: RESTError.self) {
            try await server.client(stores: .init(replay: replay)).send(RESTRequest("login"))
        }
    }

    @Test func goesOnWhereAnotherGatheringEnded() async throws {
        let spool = try AnswerStore("\(server.directory.path)/spool")
        let request = RESTRequest("items", [("n", "25")])
        struct Ended: Error {}
        var seen = 0
        await #expect(throws: Ended.self) {
            try await server.client(stores: .init(spool: spool)).pages(request, as: [Int].self, .links(size: 10)) {
                _ in
                seen += 1
                if seen == 2 { throw Ended() }
                return .more
            }
        }
        let report = try await server.client(stores: .init(spool: spool)).pages(
            request, as: [Int].self, .links(size: 10), handle: { _ in .more })
        #expect(report.count == 25)
        #expect(try await server.requests().count == 3)
    }

    @Test(arguments: [
        ("{\"a\":1}", "an array"), ("[1]", "a text at $[0]"), ("[null]", "found null"), ("", "found nothing"),
        ("[\"a\"", "that are none"), ("[\"\u{fffd}", "that are none"), (String(repeating: "[", count: 10000), "none"),
    ])
    func tellsWhereAnAnswerIsOfAnotherForm(body: String, expected: String) async throws {
        let error = try await error("bad", [], [("body", body)])
        let text = try #require(error?.description)
        #expect(text.contains(expected) && text.contains("/api/bad") && !text.contains("body="), "\(text)")
    }

    /// What is cut short, far too large, packed to look small, or nested to overflow whoever reads it.
    @Test(
        arguments: [
            ("short", "127.0.0.1"), ("chunked", "127.0.0.1"), ("large", "too large"), ("bomb", "too large"),
            ("deep", "expected"), ("deep-objects", "expected"), ("utf8", "expected"),
        ])
    func namesTheAddressOfAnAnswerThatCannotBeRead(how: String, expected: String) async throws {
        let error = try await error("odd", [token("very-secret")], [("how", how), ("private_token", "abc")])
        let text = try #require(error?.description)
        #expect(text.contains(expected) && text.contains("/api/odd"), "\(text)")
        #expect(!text.contains("very-secret") && !text.contains("abc"), "\(text)")
    }

    @Test func passesOverAMarkOfByteOrder() async throws {
        #expect(try await error("odd", [], [("how", "bom")]) == nil)
    }

    @Test(arguments: [
        "{\"a\":99999999999999999999}", "{\"a\":1e400}", "{\"a\":1.5}", "{\"a\":-0.0e-999999}",
    ])
    func tellsWhereANumberIsNone(body: String) async throws {
        do {
            _ = try await server.client().send(RESTRequest("bad", [("body", body)])).decode([String: Int].self)
        } catch let error as RESTError {
            #expect(error.description.contains("expected") && error.isMalformed, "\(error)")
        }
    }

    @Test func readsAMemberThatIsThereTwice() async throws {
        let answer = try await server.client().send(RESTRequest("bad", [("body", "{\"a\":1,\"a\":2}")]))
        #expect(try answer.decode([String: Int].self).keys.sorted() == ["a"])
    }

    @Test func tellsAPageOfHTMLFromJSON() async throws {
        let text = try #require(try await error("html")?.description)
        #expect(text.contains("HTML") && !text.contains("person"))
    }

    @Test func doesNotFollowToAnotherHost() async throws {
        await #expect(throws: RESTError(.foreignAddress, "127.0.0.1:\(server.port)/api")) {
            try await server.client().pages(RESTRequest("elsewhere"), as: [Int].self, .links(), handle: { _ in .more })
        }
    }
}
