/// What one gathering asked of one resource of a source, and what it got: the ledger in which gaps show.
package struct Coverage: Codable, Hashable, Sendable {
    package let source: String
    /// What was listed, e.g. `issues` or `commits`.
    package let resource: String
    /// Where the window begins that was asked for; `nil` for everything.
    package var from: String?
    /// Up to where the window was read, as the data itself says.
    package var to: String?
    /// Pages, or other portions.
    package var pages: Int
    /// Entries that came.
    package var count: Int
    /// Entries that there should be, where the source says so.
    package var expected: Int?
    /// What is missing, one sentence each, without values.
    package var gaps: [String]

    package init(
        source: String, resource: String, from: String? = nil, to: String? = nil, pages: Int = 0, count: Int = 0,
        expected: Int? = nil, gaps: [String] = []
    ) {
        self.source = source
        self.resource = resource
        self.from = from
        self.to = to
        self.pages = pages
        self.count = count
        self.expected = expected
        self.gaps = gaps
    }

    package var isWhole: Bool { gaps.isEmpty }
}

/// Something that earlier gatherings delivered and that is no longer there.
package struct Tombstone: Codable, Hashable, Sendable {
    package let source: String
    /// What it was, e.g. `issue`, `merge request` or `branch`.
    package let kind: String
    /// Its number or name at the source.
    package let id: String

    package init(source: String, kind: String, id: String) {
        self.source = source
        self.kind = kind
        self.id = id
    }
}
