/// How often and how long after each other a delivery is tried within one call.
package struct RetryPolicy: Sendable {
    package var tries: Int
    /// The longest pause after the first failure; it doubles after each further one.
    package var firstPause: Duration
    package var longestPause: Duration

    /// Five tries within about a minute bridge the restart of a controller; what takes longer is for the next run.
    package init(tries: Int = 5, firstPause: Duration = .seconds(2), longestPause: Duration = .seconds(60)) {
        precondition(tries > 0, "a delivery is tried once at least")
        self.tries = tries
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// How long to wait after the given number of failures; `nil` when the wait that the controller asks for is longer than
    /// a pause may be.
    ///
    /// Half of it is chance, so that agents which lost their controller at the same moment do not return at the same one.
    func pause(after failures: Int, asked: Duration?, chance: Double) -> Duration? {
        if let asked, asked > longestPause { return nil }
        // Beyond 2^20 the longest pause has been reached whatever the first one was.
        let grown = firstPause * (1 << min(failures - 1, 20))
        let pause = min(grown, longestPause) * (0.5 + chance / 2)
        return max(pause, asked ?? .zero)
    }
}
