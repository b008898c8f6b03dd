package import ControllerAPI
internal import Cryptography
package import Timestamps

/// When a project may be gathered: some days after it was last delivered, a little earlier or later so that agents that
/// wake at the same moment spread out, and one that was late catches up.
package struct Schedule: Hashable, Sendable {
    /// 0 is always.
    package let days: Int
    /// The most by which it may come earlier or later.
    package let driftMinutes: Int

    package init(days: Int, driftMinutes: Int) {
        self.days = days
        self.driftMinutes = driftMinutes
    }

    /// The schedule of a project: its own, and what that leaves open as here.
    package func of(_ project: ProjectRecord) -> Schedule {
        Schedule(days: project.days ?? days, driftMinutes: project.driftMinutes ?? driftMinutes)
    }

    /// The first moment at which a project that was delivered may be gathered again.
    package func next(of project: ProjectKey, after delivery: Timestamp) -> Timestamp {
        guard days > 0 else { return delivery }
        return delivery + .seconds(days * 86400 + offsetMinutes(of: project, at: delivery) * 60)
    }

    /// Minutes between minus and plus the drift, the same for a project in the same period, and with the other sign in the
    /// next one.
    private func offsetMinutes(of project: ProjectKey, at moment: Timestamp) -> Int {
        // A gathering cannot come before the last one.
        let drift = min(driftMinutes, days * 1440 - 1)
        guard drift > 0 else { return 0 }
        let digest = SHA256.digest(of: Array(project.text.utf8)).bytes.prefix(8).reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        let offset = Int(digest % UInt64(2 * drift)) - drift
        let period = moment.seconds / 86400 / days
        return period % 2 == 0 ? offset : -offset
    }
}
