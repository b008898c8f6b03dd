import REST

/// What the API of Azure DevOps and Team Foundation Server (2013 to current) answers, as far as it is used
/// (learn.microsoft.com/rest/api/azure/devops). Members that may be missing or null on any version are optional.
enum AzureAnswer {
    struct List<Item: Decodable & Sendable>: Decodable, Sendable {
        let value: [Item]
    }

    struct Identity: Decodable, Sendable {
        let displayName: String?
        let uniqueName: String?
        let isContainer: Bool?

        /// Groups say so, or have a name such as `[Project]\Team`.
        static func isGroup(_ isContainer: Bool?, _ name: String?) -> Bool {
            if let isContainer { return isContainer }
            guard let name, name.hasPrefix("["), let end = name.firstIndex(of: "]") else { return false }
            return name[name.index(after: end)...].hasPrefix("\\")
        }
    }

    struct Project: Decodable, Sendable {
        let id: String
    }

    struct Repository: Decodable, Sendable {
        let id: String
        let name: String
        let project: Project?
        let remoteUrl: String?
    }

    /// What a collection's server can do: `OPTIONS` of a resource.
    struct Resource: Decodable, Sendable {
        let releasedVersion: String?
    }

    struct Push: Decodable, Sendable {
        let pushId: Int
        let date: APIDate?
        let pushedBy: Identity?
        let refUpdates: [RefUpdate]?
        let commits: [Commit]?
    }

    struct RefUpdate: Decodable, Sendable {
        let name: String?
        let oldObjectId: String?
        let newObjectId: String?
    }

    struct Commit: Decodable, Sendable {
        let commitId: String
    }

    struct PullRequest: Decodable, Sendable {
        let pullRequestId: Int
        let status: String?
        let createdBy: Identity?
        let creationDate: APIDate?
        let closedDate: APIDate?
        let title: String?
        let description: String?
        let sourceRefName: String?
        let targetRefName: String?
        let reviewers: [Reviewer]?
        let _links: Ignored?
    }

    struct Reviewer: Decodable, Sendable {
        let displayName: String?
        let uniqueName: String?
        let isContainer: Bool?
        let vote: Int?
    }

    struct Reviewed: Decodable, Sendable {
        let reviewers: [Reviewer]?
    }

    struct Thread: Decodable, Sendable {
        let id: Int
        let isDeleted: Bool?
        let comments: [Comment]?
        let properties: [String: Property]?
        /// In the newer form, where a remark stands.
        let threadContext: Context?
    }

    /// A property is an object with the value in `$value`, of which type ever.
    struct Property: Decodable, Sendable {
        let value: AzureValue?

        private enum CodingKeys: String, CodingKey { case value = "$value" }

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            guard !single.decodeNil() else {
                value = nil
                return
            }
            do {
                value = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(AzureValue.self, forKey: .value)
            } catch DecodingError.typeMismatch {
                value = try single.decode(AzureValue.self)
            }
        }
    }

    struct Context: Decodable, Sendable {
        let filePath: String?
        let leftFileStart: Position?
        let leftFileEnd: Position?
        let rightFileStart: Position?
        let rightFileEnd: Position?

        struct Position: Decodable, Sendable {
            let line: Int?
        }
    }

    struct Comment: Decodable, Sendable {
        let id: Int
        let isDeleted: Bool?
        let parentId: Int?
        let parentCommentId: Int?
        let author: Identity?
        let authorDisplayName: String?
        let content: String?
        let publishedDate: APIDate?
        let lastUpdatedDate: APIDate?
    }

    struct Team: Decodable, Sendable {
        let id: String
        let name: String?
        let description: String?
    }

    /// A member, in newer answers one level deeper.
    struct Member: Decodable, Sendable {
        let identity: Identity?
        let displayName: String?
        let uniqueName: String?

        var name: String? { identity?.displayName ?? displayName }
        var account: String? { identity?.uniqueName ?? uniqueName }
    }

    struct Sprint: Decodable, Sendable {
        let name: String?
        let attributes: Attributes?

        struct Attributes: Decodable, Sendable {
            let startDate: APIDate?
            let finishDate: APIDate?
        }
    }

    struct Revisions: Decodable, Sendable {
        let values: [Revision]
        let nextLink: String?
        let continuationToken: String?
        let isLastBatch: Bool?
    }

    /// What lies in the recycle bin.
    struct Deleted: Decodable, Sendable {
        let id: AzureValue

        var number: Int? { id.text.flatMap { Int($0) } }
    }

    struct Revision: Decodable, Sendable {
        let id: Int
        let rev: Int
        let fields: [String: AzureValue]?
    }
}

/// A value of any type.
enum AzureValue: Decodable, Sendable, Equatable {
    case text(String)
    case number(Double)
    case flag(Bool)
    /// A person, in newer answers.
    case identity(name: String?, account: String?)
    case other

    private struct Person: Decodable {
        let displayName: String?
        let uniqueName: String?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .other
            return
        }
        do {
            self = .text(try container.decode(String.self))
        } catch DecodingError.typeMismatch {
            do {
                self = .flag(try container.decode(Bool.self))
            } catch DecodingError.typeMismatch {
                do {
                    self = .number(try container.decode(Double.self))
                } catch DecodingError.typeMismatch {
                    self = try Self.structured(container)
                }
            }
        }
    }

    private static func structured(_ container: any SingleValueDecodingContainer) throws -> AzureValue {
        do {
            let person = try container.decode(Person.self)
            return .identity(name: person.displayName, account: person.uniqueName)
        } catch DecodingError.typeMismatch {
            return .other
        }
    }

    /// The value as a text; whole numbers without a fraction.
    var text: String? {
        switch self {
        case .text(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .flag(let flag): flag ? "True" : "False"
        case .identity(let name, _): name
        case .other: nil
        }
    }
}
