/// Why an account cannot be made or changed as somebody wants it.
package enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    case badName
    case badRole
    case exists
    case unknown
    /// Nobody could decide anything any more.
    case lastAdmin
    case shortPassword
    case longPassword
    case plainPassword

    package var description: String {
        switch self {
        case .badName: "expected a name of up to 64 small letters, digits and . _ - @, a letter or digit first"
        case .badRole: "expected the role admin or viewer"
        case .exists: "there is an account of that name already"
        case .unknown: "there is no account of that name"
        case .lastAdmin: "it is the last account that is an admin"
        case .shortPassword: "expected a password of at least \(AccountPassword.least) characters"
        case .longPassword: "expected a password of at most \(AccountPassword.most) bytes"
        case .plainPassword:
            "expected a password without control characters, of more than three different characters, and without the "
                + "account's name"
        }
    }

    package var advice: String {
        switch self {
        case .badName, .badRole: "Nothing was changed."
        case .exists:
            "Change its password with `controller users password NAME`, its role with `controller users role`."
        case .unknown: "See `controller users list`; `controller users add NAME` makes one."
        case .lastAdmin: "Make another one first: controller users add NAME --role admin"
        case .shortPassword, .longPassword, .plainPassword:
            "Several words are easy to remember and hard to guess. Nothing was changed."
        }
    }
}
