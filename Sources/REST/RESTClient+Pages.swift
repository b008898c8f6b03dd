import HTTP

extension RESTClient {
    /// Reads a list page by page, one after the other: who is killed meanwhile asks for one page again, at most.
    ///
    /// A page in the middle that has fewer entries than a page holds, or none, is asked for again; what is still
    /// missing then stands in the report, as does a difference from the total that the server says.
    ///
    /// - Parameter request: the first page; where it is conditional, only this page is, and an unchanged one ends the list.
    package func pages<Body: Decodable & Sendable>(
        _ request: RESTRequest, as type: Body.Type, _ paging: Paging<Body>,
        handle: (Body) async throws -> PageVerdict
    ) async throws -> ListReport {
        var report = ListReport()
        let firstRequest = Self.first(request, paging)
        let answer = try await send(firstRequest)
        report.pages = 1
        if answer.isUnchanged {
            report.isUnchanged = true
            return report
        }
        var body = try answer.decode(type)
        var plan = try PagePlan(paging, firstRequest, answer, body)
        report.expected = plan.total
        body = try await completed(body, plan, 1, firstRequest, paging, &report)
        report.count = paging.count(body)
        if try await handle(body) == .stop {
            report.isStopped = true
            return report
        }
        try await readOn(answer, body, &plan, paging, &report, handle)
        if !report.isStopped, let expected = report.expected, report.count < expected {
            report.gaps.append("the server has \(expected) entries, found \(report.count)")
        }
        return report
    }

    static func first<Body>(_ request: RESTRequest, _ paging: Paging<Body>) -> RESTRequest {
        switch paging.scheme {
        case .links(let size): request.setting("per_page", "\(size)")
        case .offset(let start, let name, let size, _): request.setting(start, "0").setting(name, "\(size)")
        case .numbers(let page, let name, let size, _): request.setting(page, "1").setting(name, "\(size)")
        case .next: request
        }
    }

    /// Asks again for a page that has too few entries.
    private func completed<Body: Decodable & Sendable>(
        _ body: Body, _ plan: PagePlan, _ number: Int, _ request: RESTRequest, _ paging: Paging<Body>,
        _ report: inout ListReport
    ) async throws -> Body {
        guard let wanted = plan.entries(onPage: number), paging.count(body) < wanted else { return body }
        var request = request
        request.isConditional = false
        let again = try await send(request, isRepetition: true).decode(Body.self)
        if paging.count(again) < wanted {
            report.gaps.append(
                "page \(number)\(plan.last.map { " of \($0)" } ?? "") has \(paging.count(again)) entries, expected \(wanted)"
            )
        }
        return paging.count(again) > paging.count(body) ? again : body
    }

    private func readOn<Body: Decodable & Sendable>(
        _ first: RESTAnswer, _ firstBody: Body, _ plan: inout PagePlan, _ paging: Paging<Body>,
        _ report: inout ListReport, _ handle: (Body) async throws -> PageVerdict
    ) async throws {
        var (answer, body) = (first, firstBody)
        var seen: Set<String> = []
        while let next = try plan.next(after: answer, body, paging, number: report.pages) {
            // A server that leads in circles would never end.
            guard seen.insert(next.path + next.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")).inserted
            else {
                report.gaps.append("page \(report.pages) leads to a page that was read before")
                return
            }
            let before = answer.body
            answer = try await send(next)
            body = try answer.decode(Body.self)
            // Nor would one that does not know what pages are.
            guard answer.body != before || paging.count(body) == 0 else {
                report.gaps.append("page \(report.pages + 1) is the page before once more")
                return
            }
            report.pages += 1
            plan.look(at: answer)
            body = try await completed(body, plan, report.pages, next, paging, &report)
            report.count += paging.count(body)
            if try await handle(body) == .stop {
                report.isStopped = true
                return
            }
        }
        if let last = plan.last, report.pages < last {
            report.gaps.append("the list ends after page \(report.pages), expected \(last) pages")
        }
    }
}

/// Which pages there are, as far as the first answer tells.
struct PagePlan: Sendable {
    /// Requests for the second and all further pages; empty where they have to be found one by one.
    private(set) var known: [RESTRequest] = []
    private(set) var last: Int?
    private(set) var total: Int?
    private let size: Int?

    init<Body>(_ paging: Paging<Body>, _ request: RESTRequest, _ answer: RESTAnswer, _ body: Body) throws {
        var following = request
        following.isConditional = false
        switch paging.scheme {
        case .links(let size):
            self.size = size
            total = answer.headers["X-Total"].flatMap { Int($0) }
            if let text = answer.headers["X-Total-Pages"], let pages = Int(text) {
                last = pages
            } else if let link = answer.link("last") {
                last = pageNumber(link)
            }
            // Lists that go on by a token only count their pages, but cannot be asked for one by its number.
            let goesByToken = answer.link("next").map { $0.contains("after=") || $0.contains("cursor=") } ?? false
            if let last, last > 1, last <= 100_000, !goesByToken {
                known = (2...last).map { following.setting("page", "\($0)") }
            }
        case .offset(let start, _, let size, let count):
            // Servers may give fewer entries than were asked for.
            let step = paging.count(body) > 0 ? min(size, paging.count(body)) : size
            self.size = step
            total = count(body)
            if let total, total > step, paging.count(body) > 0 {
                let starts = Array(stride(from: step, to: total, by: step))
                known = starts.map { following.setting(start, "\($0)") }
                last = starts.count + 1
            }
        case .numbers(let page, _, let size, let count):
            self.size = size
            total = count(body)
            if let total, total > size {
                let pages = (total + size - 1) / size
                last = pages
                known = (2...pages).map { following.setting(page, "\($0)") }
            }
        case .next: size = nil
        }
    }

    /// How many entries a page must have; `nil` for the last one and where that is not known.
    func entries(onPage number: Int) -> Int? {
        guard let size, let last, number < last else { return nil }
        return size
    }

    /// The list may have grown since its first page.
    mutating func look(at answer: RESTAnswer) {
        if let text = answer.headers["X-Total-Pages"], let pages = Int(text) {
            last = pages
        } else if let link = answer.link("last"), let pages = pageNumber(link) {
            last = pages
        }
    }

    func next<Body>(after answer: RESTAnswer, _ body: Body, _ paging: Paging<Body>, number: Int) throws -> RESTRequest?
    {
        switch paging.scheme {
        case .links:
            // The server's own address goes before ours: it may hold a token.
            if let link = answer.link("next") { return RESTRequest(link) }
            return number - 1 < known.count && answer.headers["X-Next-Page"]?.isEmpty != true ? known[number - 1] : nil
        case .offset, .numbers: return number - 1 < known.count ? known[number - 1] : nil
        case .next(let next): return try next(body, answer)
        }
    }
}

/// The number of a page in its address, i.e. in the query's member `page`; `nil` where there is none.
package func pageNumber(_ link: String) -> Int? {
    guard let query = link.split(separator: "?", maxSplits: 1).last else { return nil }
    for part in query.split(separator: "&") where part.hasPrefix("page=") { return Int(part.dropFirst(5)) }
    return nil
}
