/// The job of Jenkins that is started after each import, as typed values.
package struct JobConfiguration: Sendable {
    /// `https://host/job/NAME`
    package let address: String
    package let login: (user: String, password: Secret)?
    /// The job's own.
    package let token: Secret?
    /// The only authorities to trust; `nil` for the system's.
    package let authorityFile: String?
    /// The Jira server that the job shall ask.
    package let jira: String?

    /// - Returns: `nil` where there is none.
    /// - Throws: what is missing or does not go together.
    init?(_ settings: Settings, path: (String) -> String) throws(ConfigurationError) {
        typealias Controller = ControllerSettings
        guard let address = settings[Controller.jobAddress] else {
            guard settings[Controller.jobUser] == nil, settings[Controller.jobToken] == nil else {
                throw ConfigurationError([
                    .init(.missing, Controller.jobAddress.name, "expected the address of the job that they are for")
                ])
            }
            return nil
        }
        let isWeb = address.hasPrefix("https://") || address.hasPrefix("http://")
        guard isWeb, address.contains("/job/") else {
            throw ConfigurationError([
                .init(
                    .badValue, Controller.jobAddress.name,
                    "expected the address of a job, such as https://jenkins.example/job/import")
            ])
        }
        switch (settings[Controller.jobUser], settings[Controller.jobPassword]) {
        case (nil, nil): login = nil
        case (let user?, let password?): login = (user, password)
        default:
            throw ConfigurationError([
                .init(.missing, Controller.jobUser.name, "expected it together with \(Controller.jobPassword.name)")
            ])
        }
        self.address = address
        token = settings[Controller.jobToken]
        authorityFile = settings[Controller.jobAuthority].map(path)
        jira = settings[Controller.jobJira]
    }
}
