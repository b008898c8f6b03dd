import Commands
import Configuration
import Lifecycle

@main enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Lifecycle.run { _ in
            await AgentCommand.declaration
                .describingItself(version: Version.current, settings: AgentSettings.all).run(words)
        }
    }
}
