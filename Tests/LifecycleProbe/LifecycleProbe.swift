import Commands
import Files
import Glibc
import Lifecycle

/// A program that the tests send signals to. It says `ready` when it may be sent one.
@main struct LifecycleProbe {
    static func main() {
        let mode = CommandLine.arguments.dropFirst().first ?? ""
        Lifecycle.run(grace: mode == "cancelled" ? .zero : .seconds(60)) { shutdown in
            switch mode {
            case "ends": return .notNow
            case "graceful":
                say("ready")
                await shutdown.requested()
                say("finishing")
                return .success
            case "stubborn":
                say("ready")
                await shutdown.requested()
                say("finishing")
                await never()
                return .success
            case "cancelled":
                say("ready")
                await never()
                say("cancelled")
                return .failure
            case "pipe":
                close(StandardStream.output.rawValue)
                var ends: [Int32] = [0, 0]
                unsafe pipe(&ends)
                close(ends[0])
                return unsafe write(ends[1], "x", 1) < 0 && errno == EPIPE ? .success : .failure
            default: return .usage
            }
        }
    }

    private static func say(_ word: String) {
        do { try StandardStream.output.write(Array("\(word)\n".utf8)) } catch { _exit(99) }
    }

    /// Until it is cancelled.
    private static func never() async { await Shutdown().requested() }
}
