import Files
import Glibc
import TestSupport
import Testing

/// Sends signals to a real program, from a shell that waits for its `ready`.
@Suite struct LifecycleTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Runs a script with `$probe` and a function `begin MODE` that starts it in the background and returns when
    /// it is ready; what it says further comes from descriptor 3.
    private func shell(_ script: String) throws -> String {
        let prelude = """
            export probe='\(try BuiltProgram.path("LifecycleProbe"))'
            begin() { mkfifo fifo; "$probe" "$1" > fifo & pid=$!; exec 3< fifo; read word <&3; test "$word" = ready; }
            end() { wait $pid; echo "$? $(cat <&3)"; }

            """
        let path = "\(directory.path)/script"
        try Files.write(Array((prelude + script).utf8), to: path)
        let stream = unsafe popen("cd '\(directory.path)' && timeout 30 sh script 2>&1", "r")
        guard let stream = unsafe stream else { throw FileError(.open, path) }
        defer { unsafe pclose(stream) }
        var output: [UInt8] = []
        while case let byte = unsafe fgetc(stream), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: output, as: UTF8.self)
    }

    @Test func endsWithTheStatusOfItsWork() throws {
        #expect(try shell("\"$probe\" ends; echo $?") == "3\n")
    }

    @Test func theFirstSignalLetsWorkFinish() throws {
        #expect(try shell("begin graceful; kill -TERM $pid; end") == "0 finishing\n")
    }

    @Test func theSecondSignalEndsItAtOnce() throws {
        let script = "begin stubborn; kill -TERM $pid; read word <&3; echo $word; kill -TERM $pid; end"
        #expect(try shell(script) == "finishing\n143 \n")
    }

    @Test func cancelledWorkGivesTheStatusOfTheSignal() throws {
        #expect(try shell("begin cancelled; kill -TERM $pid; end") == "143 cancelled\n")
    }

    @Test func ctrlCWorksInTheForeground() throws {
        // A foreground child of the shell does not ignore SIGINT; the one in the background sends it.
        let script = """
            mkfifo fifo
            (exec 3< fifo; read word <&3; kill -INT $(cat pid); cat <&3 > said) &
            sh -c 'echo $$ > pid; exec "$probe" cancelled' > fifo
            echo $?; wait; cat said
            """
        #expect(try shell(script) == "130\ncancelled\n")
    }

    @Test func aBackgroundJobIsNotDisturbedByCtrlC() throws {
        #expect(try shell("begin graceful; kill -INT $pid; kill -TERM $pid; end") == "0 finishing\n")
    }

    @Test func aClosedPipeIsAnErrorAndNotTheEnd() throws {
        #expect(try shell("\"$probe\" pipe; echo $?") == "0\n")
    }

    @Test func workThatHeedsNoCancellationIsLeftBehind() throws {
        #expect(try shell("begin deaf; kill -TERM $pid; end") == "143 \n")
    }

    @Test func hangingUpIsTheEnd() throws {
        #expect(try shell("begin graceful; kill -HUP $pid; end") == "0 finishing\n")
    }

    @Test func hangingUpMeansReadingTheSettingsWhereSomebodyListens() throws {
        #expect(try shell("begin reloads; kill -HUP $pid; end") == "0 reloading\n")
    }

    @Test func hangingUpAsksNobodyToHurry() throws {
        let script =
            "begin stubborn; kill -TERM $pid; read word <&3; kill -HUP $pid; sleep 0.2; kill -0 $pid && echo here;"
            + " kill -TERM $pid; end"
        #expect(try shell(script) == "here\n143 \n")
    }

    @Test func nohupIsHeeded() throws {
        let script = "trap '' HUP; begin graceful; kill -HUP $pid; kill -TERM $pid; end"
        #expect(try shell(script) == "0 finishing\n")
    }

    @Test func processOneTakesTheEndOfOrphans() throws {
        let script =
            "unshare --fork --pid --kill-child --mount-proc true 2>/dev/null || { echo skipped; exit; }; "
            + "unshare --fork --pid --kill-child --mount-proc \"$probe\" adopts; echo $?"
        #expect(try ["reaped\n0\n", "skipped\n"].contains(shell(script)))
    }

    @Test func processOneEndsAsItsWorkDoes() throws {
        let script =
            "unshare --fork --pid --kill-child true 2>/dev/null || { echo skipped; exit; }; "
            + "unshare --fork --pid --kill-child \"$probe\" ends; echo $?"
        #expect(try ["3\n", "skipped\n"].contains(shell(script)))
    }

    @Test func processOneGetsItsSignals() throws {
        let script =
            "unshare --fork --pid --kill-child true 2>/dev/null || { echo skipped; exit; }; "
            + "mkfifo fifo; unshare --fork --pid --kill-child \"$probe\" graceful > fifo & pid=$!; exec 3< fifo; "
            + "read word <&3; kill -TERM $(pgrep -P $pid); end"
        #expect(try ["0 finishing\n", "skipped\n"].contains(shell(script)))
    }
}
