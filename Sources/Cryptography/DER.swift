/// As much of DER (X.690) as it takes to look into an envelope: elements with a one byte tag and a stated length.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    static let octetString: UInt8 = 0x04
    static let sequence: UInt8 = 0x30
    static let explicitTag: UInt8 = 0xA0

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The tag and the content of the next element; `nil` at the end and where the bytes are no element.
    mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            // No length at all (BER) and lengths beyond 4 GiB are not ours.
            guard (0x81...0x84).contains(first), rest.count >= Int(first & 0x7F) else { return nil }
            length = 0
            for _ in 0..<(first & 0x7F) { length = length << 8 | Int(rest.removeFirst()) }
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return (tag, rest.prefix(length))
    }

    /// All elements; `nil` where there is anything else among them.
    mutating func all() -> [(tag: UInt8, content: ArraySlice<UInt8>)]? {
        var elements: [(tag: UInt8, content: ArraySlice<UInt8>)] = []
        while let element = next() { elements.append(element) }
        return rest.isEmpty ? elements : nil
    }

    /// Whether a CMS AuthEnvelopedData (RFC 5083 §2.1) ends with an authentication tag of `count` bytes, and with no
    /// attribute after it, which the tag would not cover.
    ///
    /// OpenSSL 3.0 takes a tag of four bytes too, and that is soon forged.
    static func endsWithTag(ofBytes count: Int, _ envelope: [UInt8]) -> Bool {
        var outermost = DERReader(envelope[...])
        guard let info = outermost.next(), info.tag == sequence, outermost.next() == nil else { return false }
        var inside = DERReader(info.content)
        guard let parts = inside.all(), parts.count == 2, parts[1].tag == explicitTag else { return false }
        var wrapped = DERReader(parts[1].content)
        guard let data = wrapped.next(), data.tag == sequence else { return false }
        var fields = DERReader(data.content)
        guard let last = fields.all()?.last else { return false }
        return last.tag == octetString && last.content.count == count
    }
}
