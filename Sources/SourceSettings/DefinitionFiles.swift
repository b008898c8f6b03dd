package import Configuration
import Files
package import RegistryDefinitions

/// The files that `SOURCE_<n>_DEFINITION` names, read once, with all that is wrong with them.
package struct DefinitionFiles: Sendable {
    private let byName: [String: RegistryDefinition]
    package let faults: [ConfigurationFault]

    /// None.
    package init() {
        byName = [:]
        faults = []
    }

    /// - Parameter names: paths as they are set.
    package init(_ names: Set<String>, below home: String) {
        var byName: [String: RegistryDefinition] = [:]
        var faults: [ConfigurationFault] = []
        for name in names.sorted() where !FalsyWord.matches(name) {
            let path = name.hasPrefix("/") ? name : "\(home)/\(name)"
            do {
                byName[name] = try RegistryDefinition(Files.read(path, limit: 1 << 20), path: path)
            } catch let error as ConfigurationError {
                faults += error.faults
            } catch {
                faults.append(.init(.unreadable, path, "\(error)"))
            }
        }
        self.byName = byName
        self.faults = faults
    }

    package subscript(name: String) -> RegistryDefinition? { byName[name] }

    /// The variables that hold logins, which environment files may set.
    package var variables: Set<String> { Set(byName.values.flatMap(\.variables)) }
}
