/// A strict reader of the text format of Prometheus 0.0.4: every sample has its type before it, once, every line ends,
/// nothing comes twice, counters end in `_total`.
struct PrometheusText {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private struct Key: Hashable {
        let name: String
        let labels: [String: String]
    }

    private(set) var types: [String: String] = [:]
    private var samples: [Key: Double] = [:]

    subscript(name: String, labels: [String: String]) -> Double? { samples[Key(name: name, labels: labels)] }

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Wrong(description: "the last line does not end") }
        var current = ""
        var helped: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
                guard helped.insert(String(match.1)).inserted else { throw Wrong(description: "HELP twice: \(line)") }
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)/) {
                current = String(match.1)
                guard types.updateValue(String(match.2), forKey: current) == nil else {
                    throw Wrong(description: "TYPE twice: \(line)")
                }
                guard match.2 == "gauge" || current.hasSuffix("_total") else {
                    throw Wrong(description: "a counter without _total: \(line)")
                }
            } else if let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (-?[0-9.e+-]+)/) {
                guard match.1 == current, let value = Double(match.4) else {
                    throw Wrong(description: "a sample out of place: \(line)")
                }
                let key = Key(name: current, labels: try Self.labels(match.3 ?? ""))
                guard samples.updateValue(value, forKey: key) == nil else {
                    throw Wrong(description: "a sample twice: \(line)")
                }
            } else {
                throw Wrong(description: "no line of the format: \(line)")
            }
        }
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/),
                labels.updateValue(String(match.2), forKey: String(match.1)) == nil
            else { throw Wrong(description: "labels: \(text)") }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }
}
