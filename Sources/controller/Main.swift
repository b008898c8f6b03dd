import Commands
import Glibc
import Lifecycle

@main enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Lifecycle.run { shutdown in await ControllerCommand.declaration(shutdown).run(words) }
    }
}
