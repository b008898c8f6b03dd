package import Cryptography
package import Files
package import Timestamps

/// Checks of this machine, which ask nobody.
package enum MachineChecks {
    package typealias Check = PreflightReport.Check

    /// Bytes without which not even the log of a run can be written for sure.
    private static let leastRoom = 1 << 20
    /// Bytes below which somebody should look: a bundle's part has 16 MiB, copies of repositories far more.
    private static let comfortableRoom = 1 << 30
    /// How long before its end a certificate is told of: long enough for a letter and a holiday.
    private static let notice = Duration.seconds(30 * 86400)

    // MARK: Directories

    /// Whether a directory can be written to, and what room there is. It is made where it is not there yet.
    /// - Parameter advice: names the setting that says where it is.
    package static func directory(_ name: String, _ path: String, permissions: UInt32, _ advice: String) -> Check {
        do {
            try Files.makeDirectory(path, permissions: permissions)
            let probe = "\(path)/.preflight"
            try Files.write("preflight\n".utf8, to: probe)
            try Files.remove(probe)
            return room(name, path, try Files.room(at: path))
        } catch {
            return .failed(name, error.isDiskFull ? .diskFull : .fileAccess, "\(error)", mend(error, advice))
        }
    }

    /// What there is to say of the room on a file system.
    package static func room(_ name: String, _ path: String, _ room: Files.Room) -> Check {
        let left = "\(path) has \(megabytes(room.free)) MiB left"
        if room.isReadOnly { return .failed(name, .fileAccess, "\(path) is on a read-only file system", readOnly) }
        guard room.free >= leastRoom, room.files.map({ $0 > 8 }) ?? true else {
            return .failed(name, .diskFull, room.free >= leastRoom ? "\(path): no more files fit" : left, makeRoom)
        }
        guard room.free >= comfortableRoom else { return .warned(name, .diskFull, left, makeRoom) }
        return .passed(name, left)
    }

    private static func megabytes(_ bytes: Int) -> Int { bytes >> 20 }

    private static let makeRoom = "Make room on that file system, or let AGENT_STATE name a directory elsewhere."
    private static let readOnly = "Mount it writable, or let AGENT_STATE name a directory elsewhere."

    private static func mend(_ error: FileError, _ advice: String) -> String {
        error.isDiskFull ? makeRoom : error.isReadOnly ? readOnly : advice
    }

    /// Whether what is secret is this account's alone.
    /// - Parameters:
    ///   - account: the number of this process's account.
    ///   - status: of the file or directory.
    package static func privacy(_ name: String, _ path: String, _ status: Files.Status, account: UInt32) -> Check {
        let mode = String(status.permissions, radix: 8)
        guard status.owner == account else {
            return .failed(
                name, .fileAccess, "\(path) belongs to account \(status.owner), this is account \(account)",
                "Run the agent as the account that owns it, or give it to this one: chown -R \(account) '\(path)'")
        }
        guard status.permissions & 0o077 == 0 else {
            let needed = status.kind == .directory ? "700" : "600"
            return .warned(
                name, .fileAccess, "\(path) has mode \(mode), so that others can read it",
                "Run: chmod \(needed) '\(path)'")
        }
        return .passed(name, "\(path) is this account's alone")
    }

    // MARK: Outbox

    /// Whether what will be gathered may wait.
    package static func outbox(waiting: Int, limit: Int, damaged: Int) -> Check {
        let text = "\(waiting) of \(limit) bytes wait for delivery"
        let advice = "See with `agent status` why bundles are not delivered, or let more wait with OUTBOX_LIMIT."
        if waiting >= limit { return .failed("outbox", .outboxFull, text, advice) }
        if damaged > 0 {
            return .warned(
                "outbox", .outboxDamaged, "\(damaged) bundles on the disk are not whole any more; \(text)",
                "Look at the disk's health. `agent status` names them; they cannot be delivered.")
        }
        return waiting >= limit / 5 * 4
            ? .warned("outbox", .outboxFull, text, advice) : .passed("outbox", text)
    }

    // MARK: Certificates

    /// How long a certificate is good for.
    /// - Parameter advice: what to do about one that is over.
    package static func certificate(
        _ name: String, _ what: String, _ certificate: Certificate, now: Timestamp, _ advice: String
    ) -> Check {
        self.certificate(name, what, endsAt: certificate.notAfter, counts: true, now: now, advice)
    }

    /// The same of one whose end is known.
    /// - Parameter counts: whether an end keeps anything from being done; where only the key is looked at, it does not.
    package static func certificate(
        _ name: String, _ what: String, endsAt end: Timestamp, counts: Bool, now: Timestamp, _ advice: String
    ) -> Check {
        if end < now {
            let text = "\(what) expired at \(end.rfc3339)"
            return counts
                ? .failed(name, .certificateExpired, text, advice) : .warned(name, .certificateExpired, text, advice)
        }
        return end < now + notice
            ? .warned(name, .certificateExpired, "\(what) expires at \(end.rfc3339)", advice)
            : .passed(name, "\(what) is good until \(end.rfc3339)")
    }
}
