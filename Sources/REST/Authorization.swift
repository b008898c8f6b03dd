package import Configuration
import Cryptography
package import HTTP

/// How requests say who asks: the header field and the secret in it.
package struct Authorization: Sendable {
    package enum Form: Sendable {
        /// `Authorization: Bearer …`
        case bearer
        /// `Authorization: token …`, GitHub's older form, which every version of its server knows.
        case token
        /// `Authorization: Basic …` (RFC 7617) for this user, who may be empty.
        case basic(user: String)
        /// The basic scheme with the secret in place of a user, and no password: SonarQube's form for tokens.
        case tokenAsUser
        /// By whatever of NTLM and the basic scheme the server asks for.
        case challenge(user: String)
        /// A header field of its own, e.g. `PRIVATE-TOKEN`.
        case header(String)
    }

    package let form: Form
    package let secret: Secret
    /// Where it comes from, for messages: the name of a setting or an option of a file.
    package let name: String

    package init(_ form: Form, _ secret: Secret, name: String) {
        self.form = form
        self.secret = secret
        self.name = name
    }

    package func apply(to request: inout HTTPRequest) {
        if case .challenge(let user) = form {
            request.login = HTTPRequest.Login(user: user, password: secret.revealed)
        } else {
            apply(to: &request.headers)
        }
    }

    private func apply(to headers: inout HTTPHeaders) {
        switch form {
        case .challenge: break
        case .bearer: headers["Authorization"] = "Bearer \(secret.revealed)"
        case .token: headers["Authorization"] = "token \(secret.revealed)"
        case .basic(let user): headers["Authorization"] = "Basic \(Self.base64("\(user):\(secret.revealed)"))"
        case .tokenAsUser: headers["Authorization"] = "Basic \(Self.base64("\(secret.revealed):"))"
        case .header(let name): headers[name] = secret.revealed
        }
    }

    private static func base64(_ text: String) -> String { Base64.standard.encode(Array(text.utf8)) }
}
