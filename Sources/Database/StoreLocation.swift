/// Where the controller's tables are.
package enum StoreLocation: Sendable {
    /// The path of an SQLite database.
    case file(String)
    /// The address of a PostgreSQL database as libpq takes it. It may hold a password: it is never shown.
    case server(String)

    /// Whether several controllers may work on it at the same time.
    package var isShared: Bool {
        if case .server = self { return true }
        return false
    }
}
