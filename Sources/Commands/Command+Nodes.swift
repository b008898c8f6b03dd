extension Command {
    /// A command with everything above it: what can be typed at one place of the command line.
    struct Node: Sendable {
        /// From the program down to the command.
        let chain: [Command]

        var command: Command { chain[chain.count - 1] }
        /// As typed, e.g. `agent config show`.
        var path: String { chain.map(\.name).joined(separator: " ") }
        var options: [Option] { command.options + chain.flatMap(\.sharedOptions) }
    }

    /// This command and all below it, each before its subcommands.
    var nodes: [Node] { Self.nodes(below: [self]) }

    private static func nodes(below chain: [Command]) -> [Node] {
        [Node(chain: chain)] + chain[chain.count - 1].subcommands.flatMap { nodes(below: chain + [$0]) }
    }
}
