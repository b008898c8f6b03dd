import Files
import Glibc
import Receiving

/// Stands for the controller where only its command `receive --state DIRECTORY --agent KEY` matters.
@main struct ReceiveProbe {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 5, words[0] == "receive", words[1] == "--state", words[3] == "--agent" else { exit(2) }
        let command = unsafe getenv("SSH_ORIGINAL_COMMAND").map { unsafe String(cString: $0) }
        do throws(ReceivingError) {
            try ReceiveSession.run(state: words[2], agent: words[4], originalCommand: command)
        } catch {
            do { try StandardStream.error.write(Array("controller receive: \(error)\n".utf8)) } catch { exit(99) }
            exit(1)
        }
    }
}
