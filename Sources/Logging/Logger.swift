package import Timestamps

/// Hands records to its sinks. A value: what one part adds to its own copy, no other part sees.
///
/// Messages are fixed texts (the compiler takes literals only) and facts are fields, so that lines can be found
/// and counted, and a secret has to be put there on purpose.
package struct Logger: Sendable {
    private var sinks: [any LogSink]
    private var context: LogFields = [:]
    private let now: @Sendable () -> Timestamp

    package init(_ sinks: [any LogSink], now: @escaping @Sendable () -> Timestamp = { .now }) {
        self.sinks = sinks
        self.now = now
    }

    package func debug(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.debug, message, fields())
    }

    package func info(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.info, message, fields())
    }

    package func warning(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.warning, message, fields())
    }

    package func error(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.error, message, fields())
    }

    /// The fields are worked out only where a sink wants the record.
    package func log(_ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        guard sinks.contains(where: { $0.level <= level }) else { return }
        let record = LogRecord(time: now(), level: level, message: "\(message)", fields: context.adding(fields()))
        for sink in sinks where sink.level <= level { sink.write(record) }
    }

    /// A logger whose records all carry these fields.
    package func with(_ fields: LogFields) -> Logger {
        var logger = self
        logger.context = context.adding(fields)
        return logger
    }

    /// A logger that also writes to one more sink, e.g. the log file of one project.
    package func adding(_ sink: any LogSink) -> Logger {
        var logger = self
        logger.sinks.append(sink)
        return logger
    }

    /// The terminals among the sinks that show what is worth `info`.
    var displays: [any StatusDisplay] {
        sinks.filter { $0.level <= .info }.compactMap { $0 as? any StatusDisplay }.filter(\.canRedraw)
    }

    /// The same without those terminals.
    var withoutDisplays: Logger {
        var logger = self
        logger.sinks = sinks.filter { !(($0 as? any StatusDisplay)?.canRedraw ?? false) }
        return logger
    }
}

/// Takes records that are worth its level or more; called from any thread.
package protocol LogSink: AnyObject, Sendable {
    var level: LogLevel { get }
    func write(_ record: LogRecord)
}

/// A place that shows, below its lines, a status that is redrawn.
protocol StatusDisplay: AnyObject, Sendable {
    var canRedraw: Bool { get }
    /// Shows, replaces or (with `nil`) removes the status of one owner.
    func show(_ status: String?, of owner: ObjectIdentifier)
}
