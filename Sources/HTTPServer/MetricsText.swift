/// Figures in the text format of Prometheus, version 0.0.4.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct MetricsText: Sendable {
    package private(set) var text = ""

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package init() {}

    /// Adds a family of samples; one without samples is left out.
    /// - Parameters:
    ///   - name: letters, digits and underscores.
    ///   - type: `gauge` or `counter`.
    package mutating func add(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            let value = sample.value == sample.value.rounded() ? String(Int(sample.value)) : String(sample.value)
            text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }
}
