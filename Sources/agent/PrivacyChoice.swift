import Configuration
import Gathering
import Pseudonyms
import SourceSettings

extension Composition {
    /// What the settings say about personal values, for one gathering.
    var privacy: Privacy {
        let settings = setup.agent.settings
        let choice = settings[AgentSettings.pseudonymise]
        let scrubsText =
            switch settings[AgentSettings.scrubbing] {
            case .on: true
            case .off: false
            case .auto: choice == .all
            }
        return Privacy(scope: choice == .all ? .all : .reference, scrubsText: scrubsText)
    }
}
