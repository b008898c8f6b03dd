import Commands
import Configuration
import Glibc
import Lifecycle

@main enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Lifecycle.run { shutdown in
            await ControllerCommand.declaration(shutdown)
                .describingItself(version: Version.current, settings: ControllerSettings.all).run(words)
        }
    }
}
