import HTTP

/// A list that will be read to its end by somebody, and can be read ahead of them.
package struct ListAhead: Sendable {
    enum Form: Sendable {
        /// Pages lead to each other by links, in which they may have numbers.
        case links
        /// Pages are asked for by where they begin; the first one has been read.
        case steps(name: String, size: Int, isEmpty: @Sendable (RESTAnswer) throws -> Bool)
    }

    let first: RESTRequest
    let form: Form

    /// A list whose pages lead to each other by links.
    package static func links(_ first: RESTRequest) -> ListAhead { ListAhead(first: first, form: .links) }

    /// What follows the first page of a list whose pages are asked for by the number of their first entry.
    /// - Parameters:
    ///   - request: for any page, with the size of pages.
    ///   - name: the member of the query that says where a page begins.
    package static func steps(
        _ request: RESTRequest, name: String, size: Int, isEmpty: @escaping @Sendable (RESTAnswer) throws -> Bool
    ) -> ListAhead {
        ListAhead(first: request, form: .steps(name: name, size: size, isEmpty: isEmpty))
    }
}

extension RESTClient {
    /// Does something while lists are read ahead to their ends, all lists at once, so that the answers lie ready for whoever
    /// reads the lists meanwhile. Without a place for answers nothing is read ahead.
    ///
    /// A page that comes is kept at once. Whoever is killed asks again for what was under way: of a short list one page, of
    /// a long one, whose pages have numbers, a sixteenth of it at most, and never more than so many as may be under way.
    package func readingAhead<Value>(
        _ lists: [ListAhead], _ body: () async throws -> Value
    ) async throws -> Value {
        guard keepsAnswers, !lists.isEmpty else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for list in lists { group.addTask { await self.readAhead(list) } }
            return try await body()
        }
    }

    private func readAhead(_ list: ListAhead) async {
        do {
            switch list.form {
            case .links:
                let answer = try await send(Self.first(list.first, Paging<[Int]>.links()))
                guard !answer.isUnchanged else { return }
                guard let pages = NumberedPages(after: answer) else { return try await follow(answer) }
                try await readAhead(
                    last: pages.last, request: { pages.request($0) },
                    follows: { page, answer in
                        guard let next = answer.link("next") else { return false }
                        return next == pages.request(page + 1).path ? true : nil
                    })
            case .steps(let name, let size, let isEmpty):
                try await readAhead(
                    last: nil, request: { list.first.setting(name, "\(($0 - 1) * size)").setting("$top", "\(size)") },
                    follows: { _, answer in try !isEmpty(answer) })
            }
        } catch {
            // Whoever reads the list meets the same, and tells it.
        }
    }

    /// Reads pages that are known by what the one before says.
    private func follow(_ answer: RESTAnswer) async throws {
        var seen: Set<String> = []
        var next = answer.link("next")
        while let link = next, seen.insert(link).inserted { next = try await send(RESTRequest(link)).link("next") }
    }

    /// Reads pages from the second on, of a long list several at once.
    /// - Parameter follows: whether there is a page after this one; `nil` where it is not the one that is expected.
    private func readAhead(
        last: Int?, request: @escaping @Sendable (Int) -> RESTRequest,
        follows: @escaping @Sendable (Int, RESTAnswer) throws -> Bool?
    ) async throws {
        var end = last ?? .max
        var (next, underWay, read) = (2, 0, 1)
        try await withThrowingTaskGroup(of: (page: Int, follows: Bool?).self) { group in
            while true {
                // Of a list that does not say how long it is, few pages are asked for that are not there.
                let window = min(configuration.parallelism, max(1, last.map { $0 / 16 } ?? read / 32))
                while underWay < window, next <= end {
                    let page = next
                    group.addTask {
                        await self.turns.begin()
                        defer { self.turns.end() }
                        return (page, try follows(page, try await self.send(request(page))))
                    }
                    (next, underWay) = (next + 1, underWay + 1)
                }
                guard let found = try await group.next() else { return }
                (underWay, read) = (underWay - 1, read + 1)
                guard let goesOn = found.follows else { return group.cancelAll() }
                // The list may have grown since its first page.
                end = goesOn ? max(end, found.page + 1) : min(end, found.page)
            }
        }
    }
}

/// Pages whose addresses differ by a number only.
struct NumberedPages: Sendable {
    private let front: Substring
    private let back: Substring
    /// The number of the last page, where that is told.
    let last: Int?

    /// `nil` where the second page goes by a token, or is not the one after this first one.
    init?(after answer: RESTAnswer) {
        guard let next = answer.link("next"), let second = Self.parts(next), second.number == 2,
            !["after=", "before=", "cursor=", "page_token="].contains(where: { next.contains($0) })
        else { return nil }
        (front, back) = (second.front, second.back)
        if let link = answer.link("last") {
            guard let end = Self.parts(link), end.front == front, end.back == back else { return nil }
            last = end.number
        } else {
            last = answer.headers["X-Total-Pages"].flatMap { Int($0) }
        }
    }

    func request(_ page: Int) -> RESTRequest { RESTRequest("\(front)\(page)\(back)") }

    /// What stands in front of the number of a page in its address, the number, and what stands behind it.
    private static func parts(_ link: String) -> (front: Substring, number: Int, back: Substring)? {
        guard let start = link.firstRange(of: "&page=") ?? link.firstRange(of: "?page=") else { return nil }
        let digits = link[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), digits.endIndex == link.endIndex || link[digits.endIndex] == "&" else {
            return nil
        }
        return (link[..<start.upperBound], number, link[digits.endIndex...])
    }
}
