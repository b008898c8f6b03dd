/// What the configuration says about one Git repository.
package struct GitSettings: Sendable {
    /// The repository's name in rows and cursors.
    package var name: String
    /// Where it is fetched from: a path, or a URL without user and password.
    package var url: String
    /// Only commits at or after this moment, in any form that `git` reads as a date.
    package var fromDate: String?
    /// Only commits that lead to this tag; it wins over `fromDate`.
    package var tag: String?
    /// Leaves out counts, branches and changed paths.
    package var skipsStatistics = false

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
