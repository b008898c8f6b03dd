package import ControllerAPI

/// What the daemon has to gather next, one after the other and never two at once.
package actor RunQueue {
    /// A wish to gather.
    package struct Wish: Sendable, Hashable {
        package let cause: RunCause
        /// Empty for all that are configured.
        package let projects: [ProjectKey]
        /// The controller's number of the wish.
        package let trigger: Int?

        package init(_ cause: RunCause, projects: [ProjectKey] = [], trigger: Int? = nil) {
            self.cause = cause
            self.projects = projects
            self.trigger = trigger
        }
    }

    package enum Acceptance: Sendable, Hashable {
        /// It begins now.
        case begins
        /// It begins when what is under way has ended.
        case waits
        /// It is left out: the same is under way or waits already.
        case leftOut
    }

    private var waiting: [Wish] = []
    package private(set) var current: Wish?
    private var isClosed = false
    private var sleeper: CheckedContinuation<Void, Never>?

    package init() {}

    /// - Returns: `leftOut` for a scheduled run during or before another scheduled one, for a request while anything is
    ///   under way or waits, and after the end was asked for.
    package func offer(_ wish: Wish) -> Acceptance {
        let isBusy = current != nil || !waiting.isEmpty
        guard !isClosed else { return .leftOut }
        switch wish.cause {
        case .schedule where current?.cause == .schedule || waiting.contains { $0.cause == .schedule }: return .leftOut
        case .request, .jenkins, .command: if isBusy { return .leftOut }
        case .trigger:
            // However often a controller asks: what waits already will do it.
            let place = waiting.firstIndex { $0.cause == .trigger && Set($0.projects) == Set(wish.projects) }
            if let place {
                waiting[place] = wish
                return .leftOut
            }
        default: break
        }
        waiting.append(wish)
        wake()
        return isBusy ? .waits : .begins
    }

    /// Whether nothing is under way and nothing waits.
    package var isIdle: Bool { current == nil && waiting.isEmpty }

    /// Takes no more wishes and forgets those that wait; what is under way goes on.
    package func close() {
        isClosed = true
        waiting = []
        wake()
    }

    /// Grants wishes, one after the other, until it is closed.
    package func serve(_ grant: @Sendable (Wish) async -> Void) async {
        while !isClosed {
            guard !waiting.isEmpty else {
                await withCheckedContinuation { sleeper = $0 }
                continue
            }
            let wish = waiting.removeFirst()
            current = wish
            await grant(wish)
            current = nil
        }
    }

    private func wake() {
        sleeper?.resume()
        sleeper = nil
    }
}
