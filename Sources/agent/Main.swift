import Commands
import Lifecycle

@main enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Lifecycle.run { _ in await AgentCommand.declaration.run(words) }
    }
}
