import Files
import TestSupport
import Testing

@testable import Logging

@Suite struct ProgressTests {
    let clock = TestClock()

    @Test func speaksOnceAnIntervalAndAtTheEnd() {
        let sink = RecordingSink()
        let progress = Progress(
            "gathering commits", unit: "commits", total: 100, logger: Logger([sink]), every: .seconds(5), clock: clock)
        for _ in 0..<12 {
            clock.advance(by: .seconds(1))
            progress.advance(by: 2)
        }
        progress.finish()
        progress.finish()
        progress.advance()
        #expect(sink.records.map { $0.fields["progress.done"] } == [10, 20, 24])
        #expect(sink.records.map { $0.fields["progress.total"] } == [100, 100, nil])
        #expect(sink.records.map { $0.fields["progress.seconds"] } == [.decimal(5), .decimal(10), .decimal(12)])
        #expect(Set(sink.records.map(\.message)) == ["gathering commits"])
    }

    @Test func redrawsOneLineOnATerminalAndLogsElsewhere() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/terminal"
        let terminal = try LogWriter(path: path, format: .terminal(colours: false), level: .info, canRedraw: true)
        let sink = RecordingSink()
        let progress = Progress(
            "uploading", unit: "parts", total: 4, logger: Logger([terminal, sink]), every: .seconds(2), clock: clock)
        for _ in 0..<4 {
            progress.advance()
            clock.advance(by: .seconds(1))
        }
        progress.finish()
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 1)
        #expect(text.contains("\r\u{1b}[Kuploading  [############------------]  50%  2/4 parts\r"))
        #expect(text.contains("75%  3/4 parts  0:00 left\r"))
        #expect(sink.records.map { $0.fields["progress.done"] } == [3, 4])
    }

    @Test(
        arguments: [
            (0, nil, 0, "t  0 u  0:00"),
            (1_234_567, nil, 3723, "t  1,234,567 u  1:02:03"),
            (0, 10, 5, "t  [------------------------]   0%  0/10 u"),
            (1, 3, 1, "t  [########----------------]  33%  1/3 u"),
            (1000, 4000, 20, "t  [######------------------]  25%  1,000/4,000 u  1:00 left"),
            (12, 10, 20, "t  [########################] 100%  12/10 u"),
            (7, 0, 65, "t  7 u  1:05"),
        ] as [(Int, Int?, Int, String)])
    func drawsWhatIsKnown(done: Int, total: Int?, seconds: Int, text: String) {
        #expect(ProgressLine(task: "t", unit: "u", done: done, total: total, elapsed: .seconds(seconds)).text == text)
    }

    @Test func countsFromManyTasks() async {
        let sink = RecordingSink()
        let progress = Progress("counting", unit: "rows", logger: Logger([sink]), clock: clock)
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1000 { progress.advance() } } }
        }
        progress.finish()
        #expect(sink.records.map { $0.fields["progress.done"] } == [8000])
    }
}
