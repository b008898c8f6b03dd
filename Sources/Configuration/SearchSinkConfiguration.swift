/// The cluster that gets rows after their import, as typed values.
package struct SearchSinkConfiguration: Sendable {
    package enum Login: Sendable {
        case none
        case password(user: String, Secret)
        case key(Secret)
    }

    /// `https://host:port`
    package let address: String
    package let login: Login
    /// The only authorities to trust; `nil` for the system's.
    package let authorityFile: String?
    /// What names of indexes begin with.
    package let prefix: String

    /// - Returns: `nil` where there is none.
    /// - Throws: what is missing or does not go together.
    init?(_ settings: Settings, path: (String) -> String) throws(ConfigurationError) {
        typealias Controller = ControllerSettings
        guard let address = settings[Controller.searchAddress] else { return nil }
        guard address.hasPrefix("https://") || address.hasPrefix("http://") else {
            throw ConfigurationError([
                .init(.badValue, Controller.searchAddress.name, "expected an address that begins with https://")
            ])
        }
        let key = settings[Controller.searchKey]
        switch (settings[Controller.searchUser], settings[Controller.searchPassword], key) {
        case (nil, nil, nil): login = .none
        case (let user?, let password?, nil): login = .password(user: user, password)
        case (nil, nil, let key?): login = .key(key)
        default:
            throw ConfigurationError([
                .init(
                    .missing, Controller.searchUser.name,
                    "expected it together with \(Controller.searchPassword.name), or \(Controller.searchKey.name) alone"
                )
            ])
        }
        self.address = address
        authorityFile = settings[Controller.searchAuthority].map(path)
        prefix = settings[Controller.searchPrefix]
    }
}
