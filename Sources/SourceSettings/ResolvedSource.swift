package import Configuration

/// A source with everything that is needed to reach it. No URL in it holds a password.
package struct ResolvedSource: Sendable, Equatable {
    package enum Transport: Sendable, Equatable {
        case ssh, http
        /// Subversion's own protocol, a path, or anything that takes no login from us.
        case other
    }

    package let definition: SourceDefinition
    /// What it is handled as: of a Git source the host's marks say it.
    package let kind: SourceKind
    package let transport: Transport
    /// Where to connect: over SSH with the user, otherwise without.
    package let connectionURL: String
    /// Whom to log in as; over SSH it is in the URL as well. Over HTTP there is a user only with a password.
    package let user: String?
    package let password: Secret?
    /// For the API of the server.
    package let token: Secret?
    /// A private key's path, below the agent's home unless it begins with `/` or `~`.
    package let keyPath: String?
    /// The section of credentials that counts, after redirection.
    package let hostSection: String
    package let isUnsafe: Bool
    package let fromDate: String?
    package let tag: String?
    package let skipsStatistics: Bool
    /// The only certificates to trust for the server, where that is given.
    package let authorityFile: String?
    /// The platform that the repository is hosted by, where that has an API.
    package let platform: PlatformAddress?

    package var name: String { definition.name }
    package var exportedURL: String { definition.exportedURL }
}

/// Why a source cannot be reached the way it is defined.
package struct SourceSettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A type that nothing here knows, or that its other members do not fit.
        case unknownType
        /// A host or user that a program could take for an option.
        case dangerousAddress
        /// The deny list has it.
        case denied
    }

    package let code: Code
    /// Where the source is defined.
    package let subject: String
    package let problem: String

    package var description: String { "\(subject): \(problem)" }
}
