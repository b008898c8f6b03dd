/// That somebody wants projects gathered now: the answer to `GET /auth/wait`.
package struct TriggerNotice: Hashable, Sendable, Codable {
    /// The number that acknowledges this trigger and all before it, as `after` of the next request; also the value of
    /// `triggered` with which the agent asks for the status of a project. At least 1.
    package let trigger: Int
    /// What to gather; at least one.
    package let projects: [ProjectKey]

    static let subject = "trigger"

    /// How long a controller lets an agent wait at most before it says that there is nothing.
    package static let longestWait = Duration.seconds(50)

    package init(trigger: Int, projects: [ProjectKey]) {
        self.trigger = trigger
        self.projects = projects
    }

    /// - Throws: `WireError` with the place in the JSON.
    package init(json: [UInt8]) throws(WireError) {
        self = try WireJSON.decode(Self.self, from: json, subject: Self.subject)
    }

    package func json() throws(WireError) -> [UInt8] { try WireJSON.encode(self, subject: Self.subject) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        trigger = try container.decode(Int.self, forKey: .trigger)
        guard trigger > 0 else { throw container.invalid(.trigger, expected: "a number from 1 on") }
        projects = try container.decode([ProjectKey].self, forKey: .projects)
        guard !projects.isEmpty else { throw container.invalid(.projects, expected: "one project or more") }
    }
}
