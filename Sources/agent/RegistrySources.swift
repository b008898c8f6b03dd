import Commands
import Configuration
import Forges
import Gathering
import HTTP
import REST
import Registries
import RegistryDefinitions
import SourceSettings

extension Composition {
    /// A registry that its definition describes.
    func registry(_ definition: SourceDefinition) -> any Source {
        do {
            guard let registry = definition.options.registry else { throw MissingDefinition(origin: definition.origin) }
            let source = try setup.resolver.resolve(definition)
            var settings = RegistrySettings(
                name: source.name, base: try WebAddress(source.connectionURL), definition: registry,
                http: platforms.environment.http)
            settings.user = definition.options.user ?? source.user
            settings.password = definition.options.password ?? source.password
            settings.token = definition.options.token ?? source.token
            settings.trust = platforms.trust(source, path)
            settings.archive = platforms.environment.archive
            settings.replay = platforms.environment.replay
            settings.clock = platforms.environment.clock
            settings.retries = platforms.environment.retries
            settings.share = setup.agent.settings[AgentSettings.rateLimitShare]
            return RegistrySource(settings)
        } catch {
            return UnreachableSource(name: definition.name, reason: error)
        }
    }

    private struct MissingDefinition: Error, CustomStringConvertible {
        let origin: String
        var description: String {
            "\(origin): expected a definition of the registry, found none; set SOURCE_<n>_DEFINITION for it"
        }
    }
}
