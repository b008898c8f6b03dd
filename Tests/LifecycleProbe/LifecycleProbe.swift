import Commands
import Files
import Glibc
import Lifecycle

/// A program that the tests send signals to. It says `ready` when it may be sent one.
@main struct LifecycleProbe {
    static func main() {
        let mode = CommandLine.arguments.dropFirst().first ?? ""
        let isQuick = ["cancelled", "deaf"].contains(mode)
        Lifecycle.run(grace: isQuick ? .zero : .seconds(60), patience: mode == "deaf" ? .milliseconds(50) : nil) {
            shutdown in
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
            case "deaf":
                say("ready")
                await unsafe withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                return .success
            case "reloads":
                let reloads = shutdown.reloads()
                say("ready")
                for await _ in reloads {
                    say("reloading")
                    return .success
                }
                return .failure
            case "adopts":
                return await adopt()
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

    /// Leaves an orphan behind and waits until it is gone from the list of processes, where one that nobody reaps stays.
    private static func adopt() async -> ExitCode {
        var process: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = unsafe [
            strdup("sh"), strdup("-c"), strdup("sh -c 'exec sleep 0.1' & echo $! > orphan"), nil,
        ]
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawnp(&process, "sh", nil, nil, &words, environ) == 0 else { return .failure }
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        do {
            let text = String(decoding: try Files.read("orphan"), as: UTF8.self)
            let path = "/proc/\(text.filter(\.isNumber))"
            while try Files.status(path) != nil { try await Task.sleep(for: .milliseconds(20)) }
        } catch {
            return .failure
        }
        say("reaped")
        return .success
    }

    private static func say(_ word: String) {
        do { try StandardStream.output.write(Array("\(word)\n".utf8)) } catch { _exit(99) }
    }

    /// Until it is cancelled.
    private static func never() async { await Shutdown().requested() }
}
