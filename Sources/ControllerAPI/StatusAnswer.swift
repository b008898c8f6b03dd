/// Whether an agent may gather now, and why not: the answer to `GET /auth/status`.
package struct StatusAnswer: Hashable, Sendable {
    /// All parts but the total, in the order in which they were checked.
    package let parts: [StatusPart]
    package let total: StatusPart

    static let subject = "status answer"

    /// The answer to these checks; the total follows from them.
    package init(_ parts: [StatusPart]) {
        self.parts = parts
        let isOK = parts.allSatisfy(\.isOK)
        total = StatusPart(.total, isOK: isOK, message: isOK ? "Everything OK" : "Some parts are not OK")
    }

    package var isOK: Bool { total.isOK }

    /// 200 or 503.
    package var httpStatus: Int { isOK ? 200 : 503 }

    /// The parts that keep the agent from gathering.
    package var failures: [StatusPart] { parts.filter { !$0.isOK } }

    /// Lines `NAME=value` for the agent's environment.
    package var configuration: String? { parts.first { $0.name == .configuration }?.contents }
}

/// The result of one check.
package struct StatusPart: Hashable, Sendable {
    package struct Name: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let database = Name(rawValue: "database")
        package static let tracker = Name(rawValue: "tracker")
        package static let permissions = Name(rawValue: "permissions")
        package static let lock = Name(rawValue: "lock")
        package static let importer = Name(rawValue: "importer")
        package static let daemon = Name(rawValue: "daemon")
        package static let network = Name(rawValue: "network")
        package static let configuration = Name(rawValue: "configuration")
        package static let total = Name(rawValue: "total")

        /// The order of the checks.
        package static let known: [Name] = [
            .database, .tracker, .permissions, .lock, .importer, .daemon, .network, .configuration,
        ]
    }

    package let name: Name
    package let isOK: Bool
    package let message: String?
    /// The text of the environment, of the part `configuration` only.
    package let contents: String?

    package init(_ name: Name, isOK: Bool, message: String? = nil, contents: String? = nil) {
        self.name = name
        self.isOK = isOK
        self.message = message
        self.contents = contents
    }
}
