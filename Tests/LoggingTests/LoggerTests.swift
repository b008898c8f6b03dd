import Logging
import Testing
import Timestamps

@Suite struct LoggerTests {
    let sink = RecordingSink(level: .info)

    @Test func writesWhatIsWorthTheLevelToEachSink() {
        let errors = RecordingSink(level: .error)
        let logger = Logger([sink]).adding(errors)
        logger.debug("looked")
        logger.info("gathered", ["commits": 5])
        logger.error("lost")
        #expect(sink.records.map(\.message) == ["gathered", "lost"])
        #expect(errors.records.map(\.message) == ["lost"])
    }

    @Test func factsAreNotWorkedOutForNobody() {
        var asked = 0
        func fact() -> LogValue {
            asked += 1
            return "x"
        }
        Logger([sink]).debug("looked", ["fact": fact()])
        Logger([]).error("lost", ["fact": fact()])
        #expect(asked == 0)
    }

    @Test func contextBelongsToTheCopyAndNewerFactsCount() {
        let logger = Logger([sink])
        let inner = logger.with(["project": "DEMO", "step": "vcs"]).with(["step": "export"])
        inner.info("done", ["project": "OTHER"])
        logger.info("done")
        #expect(sink.records[0].fields == ["step": "export", "project": "OTHER"])
        #expect(sink.records[1].fields == [:])
    }

    @Test(arguments: [
        ("DEBUG", LogLevel.debug), ("info", .info), ("Warning", .warning), ("ERROR", .error), ("CRITICAL", .critical),
        ("TRACE", nil), ("", nil),
    ])
    func knowsTheLevelsOfTheReference(name: String, level: LogLevel?) {
        #expect(LogLevel(name) == level)
    }
}
