import HTTP

/// One part of a path.
enum PathPart {
    static func encode(_ text: String) -> String { PercentEncoding.encode(text) }
}
