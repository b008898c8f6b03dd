/// Cuts a stream of bytes that comes in pieces into lines, in memory bounded by the buffer and not by the lines.
///
/// A line ends with LF, CR, or CR LF, as for Subversion's differences, which put a mark before each such line.
struct LineReader {
    struct Line {
        /// The start of the line, whole unless it is longer than `limit`.
        let bytes: ArraySlice<UInt8>
        /// The length of the line without its end.
        let length: Int

        var isWhole: Bool { bytes.count == length }

        func starts(with text: String) -> Bool { bytes.starts(with: text.utf8) }

        func ends(with text: String) -> Bool { isWhole && bytes.suffix(text.utf8.count).elementsEqual(text.utf8) }
    }

    private let read: (inout [UInt8]) throws -> Int
    private var buffer: [UInt8]
    private var position = 0
    private var end = 0
    /// Whether the last line ended with a CR, to which an LF may belong that has not come yet.
    private var endedWithReturn = false

    /// Bytes asked for at once.
    private static let bufferSize = 128 << 10
    /// Bytes kept of one line: more than any path has.
    static let limit = 64 << 10

    /// - Parameter read: fills the buffer from its start and returns the count; 0 is the end.
    init(bufferSize: Int = LineReader.bufferSize, _ read: @escaping (inout [UInt8]) throws -> Int) {
        self.read = read
        buffer = [UInt8](repeating: 0, count: bufferSize)
    }

    /// The next line; `nil` at the end. What stands behind the last line end is a line unless it is empty.
    mutating func next() throws -> Line? {
        var start: [UInt8] = []
        var length = 0
        while try fill() {
            let piece = buffer[position..<end].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            position = piece.endIndex
            let isComplete = position < end
            if isComplete {
                endedWithReturn = buffer[position] == UInt8(ascii: "\r")
                position += 1
            }
            length += piece.count
            if isComplete && start.isEmpty { return Line(bytes: piece.prefix(Self.limit), length: length) }
            start += piece.prefix(Self.limit - start.count)
            if isComplete { return Line(bytes: start[...], length: length) }
        }
        return length > 0 ? Line(bytes: start[...], length: length) : nil
    }

    /// Sees to it that there is a byte to look at; false at the end.
    private mutating func fill() throws -> Bool {
        while true {
            if position == end {
                position = 0
                end = try read(&buffer)
                if end == 0 { return false }
            }
            guard endedWithReturn else { return true }
            endedWithReturn = false
            if buffer[position] == UInt8(ascii: "\n") { position += 1 }
        }
    }
}
