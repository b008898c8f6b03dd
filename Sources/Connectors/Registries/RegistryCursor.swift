import RegistryDefinitions
import Timestamps

/// How far a registry is gathered, and by which definition: `2024-04-22T10:00:00Z 1a2b3c4d5e6f`.
struct RegistryCursor {
    private let text: String?

    init(_ text: String?) { self.text = text }

    /// `nil` where everything is to be gathered: for the first time, or because the definition is another one.
    func moment(for definition: RegistryDefinition) -> Timestamp? {
        guard let parts = text?.split(separator: " "), parts.count == 2, parts[1] == definition.mark else { return nil }
        return Timestamp(rfc3339: String(parts[0]))
    }

    static func text(_ moment: Timestamp, _ definition: RegistryDefinition) -> String {
        "\(Timestamp(seconds: moment.seconds).rfc3339) \(definition.mark)"
    }
}
