import Files
import Glibc
import Receiving

/// Stands for the controller where only its command `receive --state DIRECTORY --agent KEY [--quota BYTES] [--legacy]` matters.
@main struct ReceiveProbe {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 5, words[0] == "receive", words[1] == "--state", words[3] == "--agent" else { exit(2) }
        let command = unsafe getenv("SSH_ORIGINAL_COMMAND").map { unsafe String(cString: $0) }
        var terms = ReceiveSession.Terms()
        if let index = words.firstIndex(of: "--quota"), let quota = Int(words[index + 1]) { terms.quota = quota }
        terms.isLegacy = words.contains("--legacy")
        do throws(ReceivingError) {
            try ReceiveSession.run(state: words[2], agent: words[4], originalCommand: command, terms: terms)
        } catch {
            do { try StandardStream.error.write(Array("controller receive: \(error)\n".utf8)) } catch { exit(99) }
            exit(1)
        }
    }
}
