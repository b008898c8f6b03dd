/// Cuts a stream of bytes that comes in pieces into fields that end with NUL.
struct NULReader {
    private let read: (inout [UInt8]) throws -> Int
    private var buffer: [UInt8]
    private var position = 0
    private var end = 0

    /// Bytes asked for at once.
    private static let bufferSize = 128 << 10

    /// - Parameter read: fills the buffer from its start and returns the count; 0 is the end.
    init(_ read: @escaping (inout [UInt8]) throws -> Int) {
        self.read = read
        buffer = [UInt8](repeating: 0, count: Self.bufferSize)
    }

    /// The next field without its NUL; `nil` at the end, where bytes without a NUL are dropped.
    mutating func next() throws -> [UInt8]? {
        var field: [UInt8] = []
        while true {
            if position == end {
                position = 0
                end = try read(&buffer)
                if end == 0 { return nil }
            }
            if let stop = buffer[position..<end].firstIndex(of: 0) {
                field += buffer[position..<stop]
                position = stop + 1
                return field
            }
            field += buffer[position..<end]
            position = end
        }
    }
}
