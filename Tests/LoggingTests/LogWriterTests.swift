import Files
import TestSupport
import Testing
import Timestamps

@testable import Logging

@Suite struct LogWriterTests {
    let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/scrape.log" }
    private var text: String { get throws { String(decoding: try Files.read(path), as: UTF8.self) } }

    init() throws { directory = try TemporaryDirectory() }

    @Test func emptiesTheFile() throws {
        try Files.write(Array("old\n".utf8), to: path, permissions: 0o600)
        let writer = try LogWriter(path: path)
        Logger([writer]).info("new")
        Logger([writer]).debug("not this")
        #expect(try text.hasSuffix(" INFO    new\n"))
        #expect(try !text.contains("old"))
        #expect(try Files.status(path)?.permissions == 0o600)
    }

    @Test func linesOfManyTasksStayWhole() async throws {
        let logger = Logger([try LogWriter(path: path, format: .json)])
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<200 { logger.info("line", ["at": "\(task).\(number) and more"]) } }
            }
        }
        let lines = try text.split(separator: "\n")
        #expect(lines.count == 1600)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix(" and more\"}") })
    }

    @Test func aFullDiskStopsNobody() throws {
        let logger = Logger([try LogWriter(path: "/dev/full")])
        logger.error("lost")
        logger.error("lost")
    }

    @Test func linesGoAboveTheStatus() throws {
        let writer = try LogWriter(path: path, format: .terminal(colours: false), level: .info, canRedraw: true)
        let logger = Logger([writer], now: { Timestamp(seconds: 0) })
        writer.show("half way", of: ObjectIdentifier(writer))
        logger.info("line")
        writer.show(nil, of: ObjectIdentifier(writer))
        logger.info("last")
        let clear = "\r\u{1b}[K"
        let expected = "half way\(clear)HH:MM:SS INFO    line\nhalf way\(clear)HH:MM:SS INFO    last\n"
        #expect(try text.count == expected.count)
        #expect(try text.hasPrefix("half way\(clear)"))
        #expect(try text.contains(" INFO    line\nhalf way\(clear)"))
        #expect(try text.hasSuffix(" INFO    last\n"))
    }
}
