package import Timestamps

/// One line of a log before it is text.
package struct LogRecord: Sendable, Equatable {
    package let time: Timestamp
    package let level: LogLevel
    package let message: String
    package let fields: LogFields
}

/// Facts with dotted names, in the order given: `["upload.name": "003.cms", "upload.bytes": 8192]`.
package struct LogFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Equatable {
        package let key: String
        package let value: LogValue
    }

    package private(set) var all: [Field]

    package init(dictionaryLiteral elements: (StaticString, LogValue)...) {
        all = elements.map { Field(key: "\($0)", value: $1) }
    }

    package subscript(key: String) -> LogValue? { all.first { $0.key == key }?.value }

    /// The same with other texts in place of these.
    func mapTexts(_ change: (String) -> String) -> LogFields {
        var changed = self
        changed.all = all.map { field in
            if case .text(let text) = field.value { Field(key: field.key, value: .text(change(text))) } else { field }
        }
        return changed
    }

    /// These and more; where both have a key, the newer value counts.
    func adding(_ more: LogFields) -> LogFields {
        guard !all.isEmpty else { return more }
        var sum = self
        sum.all.removeAll { field in more.all.contains { $0.key == field.key } }
        sum.all += more.all
        return sum
    }
}
