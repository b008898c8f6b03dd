internal import CLinux
internal import Files
import Glibc

/// Processes of this machine by their descent, as `/proc` tells it.
package enum ProcessTree {
    /// Kills a process and all that descends from it, in whatever group or session, and returns when they have ended,
    /// or after five seconds should the kernel not let go of one. What belongs to others stays.
    ///
    /// All are stopped before the first is killed, so that none starts another unseen.
    package static func kill(_ root: Int32) {
        Glibc.kill(root, SIGSTOP)
        var family: Set<Int32> = [root]
        while true {
            let more = processes { family.contains($0.parent) && !family.contains($0.id) }.map(\.id)
            if more.isEmpty { break }
            for id in more { Glibc.kill(id, SIGSTOP) }
            family.formUnion(more)
        }
        for id in family { Glibc.kill(id, SIGKILL) }
        let end = ContinuousClock.now + .seconds(5)
        for id in family { awaitEnd(of: id, until: end) }
    }

    /// The processes of this account whose command line, its words separated by spaces, holds the text.
    package static func processes(withCommandContaining text: String) -> [Int32] {
        processes { $0.command.contains(text) }.map(\.id)
    }

    /// What `/proc` says of one process.
    struct Entry {
        let id: Int32
        let parent: Int32
        let command: String
    }

    /// The processes of this account that meet the condition. Those that end while we look are passed over.
    private static func processes(where isWanted: (Entry) -> Bool) -> [Entry] {
        let account = geteuid()
        guard let names = look({ () throws(FileError) in try Files.list("/proc") }) else { return [] }
        return names.compactMap { name in
            guard let id = Int32(name), id != getpid(),
                let status = look({ () throws(FileError) in try Files.status("/proc/\(id)") }) ?? nil,
                account == 0 || status.owner == account,
                let statistics = look({ () throws(FileError) in try Files.read("/proc/\(id)/stat") }),
                let command = look({ () throws(FileError) in try Files.read("/proc/\(id)/cmdline") })
            else { return nil }
            // The name, in parentheses, may hold anything.
            let fields = String(decoding: statistics, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
            guard let fields, fields.count > 1, let parent = Int32(fields[1]) else { return nil }
            let words = command.map { $0 == 0 ? UInt8(ascii: " ") : $0 }
            let entry = Entry(id: id, parent: parent, command: String(decoding: words, as: UTF8.self))
            return isWanted(entry) ? entry : nil
        }
    }

    /// `nil` where the process is gone, or not for us to see: the one way in which reading `/proc` fails.
    private static func look<Value>(_ read: () throws(FileError) -> Value) -> Value? {
        do throws(FileError) { return try read() } catch { return nil }
    }

    /// Also where it is no child of ours. One that waits to be reaped has ended.
    private static func awaitEnd(of id: Int32, until end: ContinuousClock.Instant) {
        let process = Descriptor(adopting: gathering_pidfd_open(id), named: "process")
        guard process.raw >= 0 else { return }
        let milliseconds = ContinuousClock.now.duration(to: end) / .milliseconds(1)
        var waiting = pollfd(fd: process.raw, events: Int16(POLLIN), revents: 0)
        unsafe poll(&waiting, 1, Int32(max(0, milliseconds)))
    }
}
