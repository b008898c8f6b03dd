import Synchronization

/// Collects what a progress callback reports.
final class Counter: Sendable {
    private let numbers = Mutex<[Int]>([])
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    var values: [Int] { numbers.withLock { $0 } }
}
