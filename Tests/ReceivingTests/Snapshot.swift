import TestSupport

/// All below a directory, the contents too: equal when nothing was changed.
struct Snapshot: Equatable, CustomStringConvertible {
    let description: String

    /// - Parameter excluded: a directory that may change, and its own times with it.
    init(_ path: String, without excluded: String = "") throws {
        let script = """
            cd "$1" || exit 1
            find . -path "$2" -prune -o -printf '%P %y %m %U:%G %l ' \\( -type f -printf '%s %T@ ' -exec sha256sum {} ';' -o -printf '\\n' \\)
            """
        let result = Shell.run(script, path, excluded)
        guard result.status == 0 else { throw Peer.Failure(description: result.output) }
        description = result.output.split(separator: "\n").sorted().joined(separator: "\n")
    }
}
