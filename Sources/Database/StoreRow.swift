package import SQLite

/// One row of an answer.
package struct StoreRow: Sendable {
    /// As they came.
    package let values: [StoredValue]

    init(_ values: [StoredValue]) { self.values = values }

    /// A column holds another kind of value than was asked for.
    package struct WrongType: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The value of a column, counted from 0, as the type that is asked for; optional types take NULL.
    package subscript<Value: Storable>(_ column: Int) -> Value {
        get throws(WrongType) {
            guard values.indices.contains(column) else {
                throw WrongType(description: "expected column \(column), found \(values.count) columns")
            }
            guard let value = Value(stored: values[column]) else {
                throw WrongType(
                    description: "expected \(Value.self) in column \(column), found \(values[column].kind)")
            }
            return value
        }
    }
}

extension StoredValue {
    /// The text form that PostgreSQL takes; `nil` is NULL.
    var serverText: String? {
        switch self {
        case .null: nil
        case .integer(let number): String(number)
        case .real(let number): String(number)
        // PostgreSQL keeps no NUL in a text.
        case .text(let text):
            text.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\u{FFFD}")
        case .blob(let bytes): "\\x" + bytes.map(Self.hexadecimal).joined()
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// - Parameter serverType: the number of the type in `pg_type`, fixed for those that are built in
    ///   (https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat).
    init(_ text: String?, serverType: UInt32) {
        guard let text else {
            self = .null
            return
        }
        switch serverType {
        case 16: self = .integer(text == "t" ? 1 : 0)
        case 20, 21, 23: self = Int64(text).map { .integer($0) } ?? .text(text)
        case 700, 701: self = Double(text).map { .real($0) } ?? .text(text)
        // What sums of integers are.
        case 1700: self = Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case 17: self = .blob(Self.bytes(text))
        default: self = .text(text)
        }
    }

    /// The bytes of `\x0aff`.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.dropFirst(2).compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
