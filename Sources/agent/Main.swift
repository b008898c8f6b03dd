import Commands
import Configuration
import Lifecycle

@main enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Lifecycle.run(grace: .seconds(7), patience: .seconds(2)) { shutdown in
            await AgentCommand.declaration(shutdown)
                .describingItself(version: Version.current, settings: AgentSettings.all).run(words) {
                    Explained(fault: Fault($0))
                }
        }
    }
}
