/// A fact in a log record.
package enum LogValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case decimal(Double)
    case boolean(Bool)

    /// What a value says of itself; a secret says that it is one.
    package init(_ value: some CustomStringConvertible) { self = .text(value.description) }

    /// A duration in seconds, to the millisecond; its key ends in `.seconds`.
    package static func seconds(_ duration: Duration) -> LogValue {
        .decimal(((duration / .milliseconds(1)).rounded()) / 1000)
    }

    /// The texts are cut here, so that one value cannot fill a disk.
    static let longestText = 4096
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .decimal(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}
