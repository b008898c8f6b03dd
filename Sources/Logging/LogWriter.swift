package import Files
import Synchronization

/// Writes lines to standard error or to a file, each with one system call, from any thread.
///
/// Logging never fails for its caller: what could not be written is counted, and the count follows as soon as
/// writing works again.
package final class LogWriter: LogSink, StatusDisplay {
    private enum Target: Sendable {
        case stream(StandardStream)
        case file(OpenFile)
    }

    /// A class, so that the target can be shared.
    private final class OpenFile: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    private struct State {
        var lost = 0
        /// What is shown below the lines, by owner, oldest first.
        var statuses: [(owner: ObjectIdentifier, text: String)] = []
        var isShown = false
    }

    package let level: LogLevel
    package let format: LogFormat
    private let target: Target
    private let state = Mutex(State())

    /// Logs to standard error.
    /// - Parameter style: `auto` is for people on a terminal and for programs elsewhere.
    /// - Parameter environment: `NO_COLOR` and `TERM` say what the terminal should be spared.
    package init(style: LogStyle, level: LogLevel, environment: [String: String]) {
        let isTerminal = StandardStream.error.isTerminal
        let isPlain = environment["TERM"] == "dumb"
        let wantsColours = environment["NO_COLOR", default: ""].isEmpty && !isPlain
        self.level = level
        target = .stream(.error)
        format =
            switch style {
            case .json: .json
            case .auto where !isTerminal: .json
            case .human where !isTerminal: .text
            case .auto, .human: .terminal(colours: wantsColours)
            }
        canRedraw = isTerminal && !isPlain && format != .json
    }

    /// Logs to a file of its own, emptied first.
    package convenience init(path: String, format: LogFormat = .text, level: LogLevel = .info) throws(FileError) {
        try self.init(path: path, format: format, level: level, canRedraw: false)
    }

    /// Writes to a file as if it were a terminal, where `canRedraw` says so.
    init(path: String, format: LogFormat, level: LogLevel, canRedraw: Bool) throws(FileError) {
        target = .file(OpenFile(try Descriptor(path, .replace(permissions: 0o600))))
        self.format = format
        self.level = level
        self.canRedraw = canRedraw
    }

    package func write(_ record: LogRecord) {
        let line = format.line(record)
        state.withLock { state in
            var bytes: [UInt8] = []
            if state.isShown { bytes += Self.clear.utf8 }
            if state.lost > 0 {
                let fields: LogFields = ["log.lost": .integer(state.lost)]
                bytes += format.line(
                    LogRecord(time: record.time, level: .warning, message: "log lines were lost", fields: fields))
            }
            bytes += line
            if state.isShown { bytes += Self.drawn(state.statuses.map(\.text)).utf8 }
            do {
                try send(bytes)
                state.lost = 0
            } catch {
                state.lost += 1
            }
        }
    }

    // MARK: Status

    let canRedraw: Bool

    func show(_ status: String?, of owner: ObjectIdentifier) {
        guard canRedraw else { return }
        state.withLock { state in
            let place = state.statuses.firstIndex { $0.owner == owner }
            switch (status, place) {
            case (let text?, let place?): state.statuses[place].text = text
            case (let text?, nil): state.statuses.append((owner, text))
            case (nil, let place?): state.statuses.remove(at: place)
            case (nil, nil): return
            }
            let text = (state.isShown ? Self.clear : "") + Self.drawn(state.statuses.map(\.text))
            state.isShown = !state.statuses.isEmpty
            // A status that cannot be drawn is no loss: the next one replaces it.
            do { try send(Array(text.utf8)) } catch {}
        }
    }

    /// To the line's beginning, and erase it (ECMA-48 EL).
    private static let clear = "\r\u{1b}[K"

    /// One line, cut so that the terminal does not wrap it.
    private static func drawn(_ statuses: [String]) -> String {
        String(statuses.joined(separator: " | ").prefix((StandardStream.error.columns ?? 80) - 1))
    }

    private func send(_ bytes: [UInt8]) throws(FileError) {
        switch target {
        case .stream(let stream): try stream.write(bytes)
        case .file(let file): try file.descriptor.write(bytes)
        }
    }
}

/// For whom log lines are written, as `LOG_FORMAT` says.
package enum LogStyle: String, CaseIterable, Sendable {
    case auto, human, json
}
