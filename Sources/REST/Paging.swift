/// How a list is parted into pages and how to ask for the next one.
package struct Paging<Body: Sendable>: Sendable {
    /// How many entries a page has.
    let count: @Sendable (Body) -> Int
    let scheme: Scheme

    enum Scheme: Sendable {
        /// `Link` with `rel="next"` (RFC 8288), where the server says the last page by its number also those in between;
        /// GitLab's `X-Total-Pages` and `X-Next-Page` likewise.
        case links(size: Int)
        /// The number of the first entry, e.g. Jira's `startAt`; the name of the parameter that says the size of a page.
        case offset(start: String, size: String, count: Int, total: @Sendable (Body) -> Int?)
        /// The number of the page from 1, e.g. SonarQube's `p`.
        case numbers(page: String, size: String, count: Int, total: @Sendable (Body) -> Int?)
        /// The request for the next page out of the present one, e.g. by a token; `nil` at the end.
        case next(@Sendable (Body, RESTAnswer) throws -> RESTRequest?)
    }

    /// Pages of at most `size` entries, linked to each other.
    package static func links(size: Int, count: @escaping @Sendable (Body) -> Int) -> Paging {
        Paging(count: count, scheme: .links(size: size))
    }

    package static func offset(
        start: String = "startAt", size: String = "maxResults", pageSize: Int = 100,
        count: @escaping @Sendable (Body) -> Int, total: @escaping @Sendable (Body) -> Int?
    ) -> Paging {
        Paging(count: count, scheme: .offset(start: start, size: size, count: pageSize, total: total))
    }

    package static func numbers(
        page: String, size: String, pageSize: Int, count: @escaping @Sendable (Body) -> Int,
        total: @escaping @Sendable (Body) -> Int?
    ) -> Paging {
        Paging(count: count, scheme: .numbers(page: page, size: size, count: pageSize, total: total))
    }

    package static func next(
        count: @escaping @Sendable (Body) -> Int,
        _ next: @escaping @Sendable (Body, RESTAnswer) throws -> RESTRequest?
    ) -> Paging {
        Paging(count: count, scheme: .next(next))
    }
}

extension Paging where Body: RandomAccessCollection {
    /// Pages that are arrays.
    package static func links(size: Int = 100) -> Paging { links(size: size) { $0.count } }
}

/// What the reader of a list wants after a page.
package enum PageVerdict: Sendable {
    case more
    /// Nothing that follows is of interest.
    case stop
}

/// What a list brought.
package struct ListReport: Sendable, Equatable {
    package var pages = 0
    package var count = 0
    /// How many entries there are, as the server says.
    package var expected: Int?
    /// What is missing, one sentence each.
    package var gaps: [String] = []
    /// Nothing changed since the last gathering that counted.
    package var isUnchanged = false
    /// The reader ended it.
    package var isStopped = false

    package init(pages: Int = 0, count: Int = 0, gaps: [String] = []) {
        self.pages = pages
        self.count = count
        self.gaps = gaps
    }
}
