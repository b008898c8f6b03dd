internal import CLinux
import Glibc

/// Does what the kernel expects of process 1 and a program does not: takes the end of orphans, and hands signals on.
package enum OrphanKeeper {
    /// Goes on in a child of this process. The process itself stays, hands on the signals that somebody sends it, reaps
    /// every process that ends below it, and ends as the child does. Where no child can be made, the process goes on alone.
    ///
    /// To be called before anything has started a thread.
    package static func splitOff() {
        var signals = SignalSet.all
        signals.block()
        let child = gathering_fork()
        guard child > 0 else {
            signals.unblock()
            return
        }
        while true {
            let (number, isFromKernel) = signals.waitForOrigin()
            if number == SIGCHLD {
                reap(child)
            } else if !isFromKernel {
                kill(child, number)
            }
        }
    }

    /// Takes the end of all that have ended; returns unless the child is among them.
    private static func reap(_ child: pid_t) {
        while true {
            var status: Int32 = 0
            let ended = unsafe waitpid(-1, &status, WNOHANG)
            guard ended > 0 else { return }
            if ended == child { _exit(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F) }
        }
    }
}
