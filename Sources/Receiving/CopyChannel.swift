internal import Files

/// The two ends of a copy session: what the client says comes in lines, single bytes and blocks.
struct CopyChannel: ~Copyable {
    private let input: Descriptor
    private let output: Descriptor
    private var buffer: ArraySlice<UInt8> = []

    /// Lines of the protocol are a mode, a size and a name.
    private static let longestLine = 4096

    /// Takes over the standard input and output.
    init() {
        input = Descriptor(adopting: StandardStream.input.rawValue, named: "the client")
        output = Descriptor(adopting: StandardStream.output.rawValue, named: "the client")
    }

    /// The next line without its end; `nil` at the end of the input.
    /// - Throws: `CopyFailure` for a line that is too long or has no end.
    mutating func line() throws -> [UInt8]? {
        var line: [UInt8] = []
        while let byte = try byte() {
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
            guard line.count <= Self.longestLine else { throw CopyFailure("a line is too long") }
        }
        guard line.isEmpty else { throw CopyFailure("the client went away") }
        return nil
    }

    /// `nil` at the end of the input.
    mutating func byte() throws -> UInt8? {
        if buffer.isEmpty { buffer = try input.read(upTo: 64 << 10)[...] }
        return buffer.popFirst()
    }

    /// Some bytes, at least one and not more than asked for.
    mutating func block(upTo count: Int) throws -> ArraySlice<UInt8> {
        if buffer.isEmpty { buffer = try input.read(upTo: 64 << 10)[...] }
        guard !buffer.isEmpty else { throw CopyFailure("the client went away") }
        let block = buffer.prefix(count)
        buffer = buffer.dropFirst(block.count)
        return block
    }

    /// The client's word on what it was sent: a zero byte, else a message that it has shown to its user by itself.
    /// - Returns: whether it is content.
    mutating func isAccepted() throws -> Bool {
        guard let byte = try byte() else { throw CopyFailure("the client went away") }
        if byte == 0 { return true }
        _ = try line()
        if byte == 1 { return false }
        throw CopyFailure("the client gave up")
    }

    func accept() throws { try output.write([0]) }

    func send(_ bytes: some Sequence<UInt8>) throws { try output.write(bytes) }

    /// Tells the client of a fault after which it may go on with the next file.
    func warn(_ message: String) throws { try output.write([1] + Array("scp: \(Self.printable(message))\n".utf8)) }

    /// Tells the client of a fault that ends the session.
    func fail(_ message: String) throws { try output.write([2] + Array("scp: \(Self.printable(message))\n".utf8)) }

    /// A line break would begin another message.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}

/// Why a copy session ends: a sentence fit for the client's eyes.
struct CopyFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
