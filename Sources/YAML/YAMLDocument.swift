import CYAML
package import JSONValues

/// A file of YAML 1.1, as people write by hand, read by libyaml (https://pyyaml.org/wiki/LibYAML).
///
/// All scalars are texts but those that stand for nothing: empty, `~` and `null` without quotes. An alias has the value of its
/// anchor.
package struct YAMLDocument: Sendable {
    package let whole: JSONValue
    /// Where members stand, counted from 1, by their ways such as `$.projects.Team`.
    package let lines: [String: Int]

    static let depthLimit = 32
    /// Aliases may repeat what is large.
    static let valueLimit = 100_000

    /// - Throws: what the parser stopped at.
    package init(_ content: [UInt8]) throws(YAMLError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) == 1 else { throw YAMLError(.noMemory, line: 1) }
        defer { unsafe yaml_parser_delete(parser) }
        var reader = Reader()
        whole = try unsafe content.withUnsafeBufferPointer { bytes throws(YAMLError) in
            unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            let value = try unsafe Self.next(parser, &reader)
            guard let value else { return .null }
            let end = unsafe Int(parser.pointee.mark.line) + 1
            guard try unsafe Self.next(parser, &reader) == nil else {
                throw YAMLError(.malformed, line: end, reason: "more than one document")
            }
            return value
        }
        lines = reader.lines
    }

    /// The next document of the file; `nil` at its end.
    private static func next(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ reader: inout Reader
    ) throws(YAMLError) -> JSONValue? {
        let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
        defer { unsafe document.deallocate() }
        guard unsafe yaml_parser_load(parser, document) == 1 else { throw unsafe failure(of: parser) }
        defer { unsafe yaml_document_delete(document) }
        guard let root = unsafe yaml_document_get_root_node(document) else { return nil }
        return try unsafe reader.value(of: root, in: document, "$", depth: 0)
    }

    private static func failure(of parser: UnsafeMutablePointer<yaml_parser_t>) -> YAMLError {
        let line = unsafe Int(parser.pointee.problem_mark.line) + 1
        guard unsafe parser.pointee.error != YAML_MEMORY_ERROR, let problem = unsafe parser.pointee.problem else {
            return YAMLError(.noMemory, line: line)
        }
        return YAMLError(.malformed, line: line, reason: unsafe String(cString: problem))
    }
}

/// Makes values of the parser's nodes.
private struct Reader {
    var lines: [String: Int] = [:]
    private var count = 0

    mutating func value(
        of node: UnsafeMutablePointer<yaml_node_t>, in document: UnsafeMutablePointer<yaml_document_t>, _ way: String,
        depth: Int
    ) throws(YAMLError) -> JSONValue {
        let line = unsafe Int(node.pointee.start_mark.line) + 1
        count += 1
        guard depth < YAMLDocument.depthLimit, count <= YAMLDocument.valueLimit else {
            throw YAMLError(.tooLarge, line: line)
        }
        switch unsafe node.pointee.type {
        case YAML_SCALAR_NODE:
            let text = unsafe Self.text(of: node)
            let isPlain = unsafe node.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            return isPlain && ["", "~", "null"].contains(text) ? .null : .text(text)
        case YAML_SEQUENCE_NODE:
            var values: [JSONValue] = []
            let items = unsafe node.pointee.data.sequence.items
            for item in unsafe Array(UnsafeBufferPointer(start: items.start, count: items.top - items.start)) {
                guard let child = unsafe yaml_document_get_node(document, item) else { continue }
                values.append(try unsafe value(of: child, in: document, "\(way)[\(values.count)]", depth: depth + 1))
            }
            return .array(values)
        case YAML_MAPPING_NODE:
            var members: [String: JSONValue] = [:]
            let pairs = unsafe node.pointee.data.mapping.pairs
            for pair in unsafe Array(UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start)) {
                guard let key = unsafe yaml_document_get_node(document, pair.key),
                    let child = unsafe yaml_document_get_node(document, pair.value)
                else { continue }
                let place = unsafe Int(key.pointee.start_mark.line) + 1
                guard unsafe key.pointee.type == YAML_SCALAR_NODE else { throw YAMLError(.badName, line: place) }
                let name = unsafe Self.text(of: key)
                guard members[name] == nil else { throw YAMLError(.repeatedName, line: place) }
                lines["\(way).\(name)"] = place
                members[name] = try unsafe value(of: child, in: document, "\(way).\(name)", depth: depth + 1)
            }
            return .object(members)
        default: return .null
        }
    }

    /// The parser has made sure that it is UTF-8.
    private static func text(of node: UnsafeMutablePointer<yaml_node_t>) -> String {
        let scalar = unsafe node.pointee.data.scalar
        return unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    }
}
