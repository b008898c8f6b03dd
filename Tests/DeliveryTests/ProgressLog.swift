import Delivery
import Synchronization

/// Collects what a progress callback reports.
final class ProgressLog: Sendable {
    private let reports = Mutex<[DeliveryProgress]>([])
    func add(_ report: DeliveryProgress) { reports.withLock { $0.append(report) } }
    var values: [DeliveryProgress] { reports.withLock { $0 } }
}
