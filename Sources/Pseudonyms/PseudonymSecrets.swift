package import ControllerAPI

/// What turns personal values of one project into pseudonyms, as the controller handed it out.
package struct PseudonymSecrets: Sendable, CustomStringConvertible {
    let salts: Salts
    let usernameRules: [UsernameRule]

    package init(_ salts: Salts, usernameRules: [UsernameRule] = []) {
        self.salts = salts
        self.usernameRules = usernameRules
    }

    package init(_ answer: RegistrationAnswer) { self.init(answer.salts, usernameRules: answer.usernames) }

    package var description: String { "<redacted>" }
}
