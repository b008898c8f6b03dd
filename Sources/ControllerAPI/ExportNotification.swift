/// An agent's word that an upload is complete: the form of `POST /auth/export`.
package struct ExportNotification: Hashable, Sendable {
    /// Who says so. For people: the controller takes the agent from the request's signature.
    package struct AgentDescription: Hashable, Sendable, Codable {
        /// The SSH account.
        package let user: String
        /// The agent key; empty or `-` when none is configured.
        package let key: String
        package let hostname: String
        package let version: String

        package init(user: String, key: String, hostname: String, version: String) {
            self.user = user
            self.key = key
            self.hostname = hostname
            self.version = version
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            user = try members.decode(String.self, forKey: .user)
            key = try members.decode(String.self, forKey: .key)
            // Nothing rests on these.
            hostname = try members.decodeIfPresent(String.self, forKey: .hostname) ?? ""
            version = try members.decodeIfPresent(String.self, forKey: .version) ?? ""
        }
    }

    /// What was uploaded. The three lists are those of the reference, for people; `bundle` is what is verified.
    package struct Files: Hashable, Sendable, Codable {
        package let export: [String]?
        package let update: [String]?
        package let other: [String]?
        package let bundle: BundleAnnouncement?

        package init(
            export: [String]? = nil, update: [String]? = nil, other: [String]? = nil, bundle: BundleAnnouncement? = nil
        ) {
            self.export = export
            self.update = update
            self.other = other
            self.bundle = bundle
        }
    }

    package let agent: AgentDescription?
    package let files: Files?

    package init(agent: AgentDescription?, files: Files?) {
        self.agent = agent
        self.files = files
    }

    /// - Throws: `WireError` for a field that is repeated, or with the place in its JSON.
    package init(fields: FormFields) throws(WireError) {
        agent = try Self.decode(AgentDescription.self, "agent", fields)
        files = try Self.decode(Files.self, "files", fields)
    }

    package func fields() throws(WireError) -> FormFields {
        var fields: [FormFields.Field] = []
        if let agent { fields.append(try Self.encode(agent, "agent")) }
        if let files { fields.append(try Self.encode(files, "files")) }
        return FormFields(fields)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ name: String, _ fields: FormFields
    ) throws(WireError) -> Value? {
        guard let text = try fields.value(name) else { return nil }
        return try WireJSON.decode(type, from: Array(text.utf8), subject: "field `\(name)`")
    }

    private static func encode(_ value: some Encodable, _ name: String) throws(WireError) -> FormFields.Field {
        FormFields.Field(
            name, String(decoding: try WireJSON.encode(value, subject: "field `\(name)`"), as: UTF8.self))
    }
}
