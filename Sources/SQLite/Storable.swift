/// A value as SQLite keeps it.
package enum StoredValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// The name of the kind, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .real: "real"
        case .text: "text"
        case .blob: "blob"
        }
    }
}

/// A type that fits into one column, both ways.
package protocol Storable {
    var stored: StoredValue { get }
    /// `nil` where the column holds another kind of value; nothing is converted.
    init?(stored: StoredValue)
}

extension StoredValue: Storable {
    package var stored: StoredValue { self }
    package init?(stored: StoredValue) { self = stored }
}

extension Int: Storable {
    package var stored: StoredValue { .integer(Int64(self)) }
    package init?(stored: StoredValue) {
        guard case .integer(let value) = stored else { return nil }
        self = Int(value)
    }
}

extension Int64: Storable {
    package var stored: StoredValue { .integer(self) }
    package init?(stored: StoredValue) {
        guard case .integer(let value) = stored else { return nil }
        self = value
    }
}

/// Kept as 0 or 1.
extension Bool: Storable {
    package var stored: StoredValue { .integer(self ? 1 : 0) }
    package init?(stored: StoredValue) {
        switch stored {
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: Storable {
    package var stored: StoredValue { .real(self) }
    package init?(stored: StoredValue) {
        guard case .real(let value) = stored else { return nil }
        self = value
    }
}

extension String: Storable {
    package var stored: StoredValue { .text(self) }
    package init?(stored: StoredValue) {
        guard case .text(let value) = stored else { return nil }
        self = value
    }
}

extension [UInt8]: Storable {
    package var stored: StoredValue { .blob(self) }
    package init?(stored: StoredValue) {
        guard case .blob(let value) = stored else { return nil }
        self = value
    }
}

extension Optional: Storable where Wrapped: Storable {
    package var stored: StoredValue { self?.stored ?? .null }
    package init?(stored: StoredValue) {
        if case .null = stored {
            self = .none
            return
        }
        guard let value = Wrapped(stored: stored) else { return nil }
        self = value
    }
}
