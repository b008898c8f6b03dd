package import JSONValues
package import Tables

/// What an operator says of a registry that no connector knows: how to log in, where its lists are, and what becomes of them.
package struct RegistryDefinition: Sendable, Equatable {
    package enum Login: Sendable, Equatable {
        case none
        /// A user and password with each request (RFC 7617).
        case basic
        /// The token with each request (RFC 6750).
        case bearer
        /// A header field of its own; `{token}`, `{user}` and `{password}` in the value are filled in.
        case header(name: String, value: String)
        case form(Form)

        package var needsPassword: Bool {
            switch self {
            case .basic, .form: true
            case .header(_, let value): value.contains("{password}")
            case .none, .bearer: false
            }
        }

        package var needsToken: Bool {
            switch self {
            case .bearer: true
            case .header(_, let value): value.contains("{token}")
            case .none, .basic, .form: false
            }
        }
    }

    /// A login as people do it in a browser: the answer sets a cookie.
    package struct Form: Sendable, Equatable {
        package var path: String
        package var userField: String
        package var passwordField: String
        /// What else is sent.
        package var fields: [Parameter]
        /// Whether the page is read first, and what its hidden fields hold sent along, as many sites ask for.
        package var readsPage: Bool
        /// The cookie that only a login sets; without a name any will do.
        package var cookie: String?
    }

    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// How a list is parted.
    package enum Paging: Sendable, Equatable {
        case none
        /// The address of the next page is in the header `Link`, or at a place of the answer.
        case link(next: MemberPath?)
        case page(Numbers)
        case offset(Numbers)
        /// What to ask the next page by is at a place of the answer.
        case cursor(parameter: String, next: MemberPath)
    }

    package struct Numbers: Sendable, Equatable {
        /// What says which page, or the number of the first record.
        package var parameter: String
        package var first: Int
        /// What says how many records of a page.
        package var sizeParameter: String?
        package var size: Int?
    }

    /// How to ask for what changed only.
    package struct ChangedSince: Sendable, Equatable {
        package enum Form: String, CaseIterable, Sendable {
            /// `2024-04-22T10:00:00Z`
            case rfc3339
            /// `2024-04-22 10:00:00`, in UTC.
            case datetime
            /// `2024-04-22`, a day before, whatever the zone.
            case date
            case seconds, milliseconds
        }

        package var parameter: String
        package var form: Form
        /// What stands in front of the moment, such as `>=`.
        package var comparison: String
    }

    package struct Field: Sendable, Equatable {
        package var path: MemberPath
        package var type: TableSchema.ColumnType
    }

    /// One list and the table of its records.
    package struct Resource: Sendable, Equatable {
        package var path: String
        package var parameters: [Parameter]
        package var paging: Paging
        package var records: MemberPath
        /// Where an answer says how many records there are.
        package var total: MemberPath?
        package var key: MemberPath
        /// The path of one record, with `{key}` in it; its answer takes the place of the record in the list.
        package var detail: String?
        package var changedSince: ChangedSince?
        package var table: TableSchema
        /// One for each column behind `source` and `id`.
        package var fields: [Field]
    }

    /// The file it was read from.
    package let path: String
    /// Changes with the content: what was gathered by another one says nothing of what this one has to gather.
    package let mark: String
    package let base: String
    package let login: Login
    /// Variables that hold user, password and token where the source's own settings do not.
    package let userVariable: String?
    package let passwordVariable: String?
    package let tokenVariable: String?
    package let headers: [Parameter]
    package let resources: [Resource]

    package var variables: [String] { [userVariable, passwordVariable, tokenVariable].compactMap(\.self) }
}
