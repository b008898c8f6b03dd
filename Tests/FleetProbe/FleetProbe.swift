import ControllerAPI
import ControllerClient
import Cryptography
import Fleet
import Synchronization

/// Many agents at once against one controller, for `Benchmarks/fleet`:
///
///     FleetProbe prepare STATE DIRECTORY AGENTS BYTES
///     FleetProbe cycle CONTROLLER CERTIFICATE DIRECTORY AGENTS WORKERS [SECONDS]
///     FleetProbe status CONTROLLER CERTIFICATE DIRECTORY AGENTS WORKERS SECONDS
///
/// `prepare` makes keys, tokens and sealed bundles; `cycle` has each agent register, ask for the status, upload its bundle and
/// announce it, with connections of its own, a number of them at a time, or each beginning at some moment of the seconds;
/// `status` asks for the status again and again. Each prints one JSON object.
@main struct FleetProbe {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let crowd = Crowd(
            directory: words[words[0] == "prepare" ? 2 : 3], count: number(words, words[0] == "prepare" ? 3 : 4))
        switch words[0] {
        case "prepare": try await crowd.prepare(state: words[1], bytes: number(words, 4))
        case "cycle":
            let visits = Visits(crowd: crowd, controller: words[1], certificate: words[2], workers: number(words, 5))
            print(try await visits.cycle(over: words.count > 6 ? .seconds(number(words, 6)) : nil))
        default:
            let visits = Visits(crowd: crowd, controller: words[1], certificate: words[2], workers: number(words, 5))
            print(try await visits.ask(for: .seconds(number(words, 6))))
        }
    }

    private static func number(_ words: [String], _ index: Int) -> Int {
        guard index < words.count, let number = Int(words[index]), number > 0 else {
            preconditionFailure("expected a number as word \(index)")
        }
        return number
    }
}
