/// Whether a program is as new as the controller (`GET /auth/version`).
package struct VersionAnswer: Hashable, Sendable, Codable {
    package let isUpToDate: Bool
    /// The controller's own version or commit.
    package let version: String

    private enum CodingKeys: String, CodingKey {
        case isUpToDate = "up_to_date"
        case version
    }

    package init(isUpToDate: Bool, version: String) {
        self.isUpToDate = isUpToDate
        self.version = version
    }

    /// - Throws: `WireError` with the place in the JSON.
    package init(json: [UInt8]) throws(WireError) {
        self = try WireJSON.decode(Self.self, from: json, subject: "version answer")
    }
}
