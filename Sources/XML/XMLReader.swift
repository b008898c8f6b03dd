import CExpat

/// Reads a document event by event from bytes that come in pieces, in memory bounded by its limits. Not safe to
/// share between threads.
///
/// A document type declaration is refused, so there are no entities but the five of XML itself and nothing is loaded.
@safe package final class XMLReader {
    private let parser: OpaquePointer
    private let document: String
    private let limits: XMLLimits
    private let read: (inout [UInt8]) throws -> Int
    private var buffer = [UInt8](repeating: 0, count: 32 << 10)
    private var repair: TextRepair?
    private var isAtEnd = false

    /// Events that the parser told and nobody has asked for yet: at most those of one buffer.
    private var events: [XMLEvent] = []
    private var nextEvent = 0
    /// Text that may go on.
    private var text: [UInt8] = []
    private var depth = 0
    /// Bytes given to the parser since it last told anything: at least those of a tag whose end has not come.
    private var silentBytes = 0
    private var failure: XMLError?

    /// How bytes become characters.
    package enum Encoding: Sendable {
        /// As the document says; bytes that do not fit make it malformed.
        case declared
        /// UTF-8, whatever the document says; what is no character is read as U+FFFD.
        case repairedUTF8
    }

    /// - Parameters:
    ///   - document: what it is, for messages, e.g. "svn log".
    ///   - read: fills the buffer from its start and returns the count; 0 is the end.
    package init(
        _ document: String, encoding: Encoding = .declared, limits: XMLLimits = XMLLimits(),
        read: @escaping (inout [UInt8]) throws -> Int
    ) throws(XMLError) {
        let name = encoding == .repairedUTF8 ? "UTF-8" : nil
        guard let parser = unsafe XML_ParserCreate(name) else { throw XMLError(.noMemory, document, line: 1) }
        self.document = document
        self.limits = limits
        self.read = read
        repair = encoding == .repairedUTF8 ? TextRepair() : nil
        unsafe self.parser = parser
        unsafe XML_SetElementHandler(parser, startElement, endElement)
        unsafe XML_SetCharacterDataHandler(parser, characterData)
        unsafe XML_SetDefaultHandler(parser, otherMarkup)
        unsafe XML_SetStartDoctypeDeclHandler(parser, startDocumentType)
    }

    deinit { unsafe XML_ParserFree(parser) }

    /// The next event; `nil` at the end of a well-formed document.
    ///
    /// - Throws: `XMLError`, and what the closure that reads throws. After an error there is nothing more to read.
    package func next() throws -> XMLEvent? {
        while nextEvent == events.count {
            if let failure { throw failure }
            if isAtEnd { return nil }
            events.removeAll(keepingCapacity: true)
            nextEvent = 0
            let count = try read(&buffer)
            let repaired = repair?.repair(buffer[..<count], isLast: count == 0)
            try feed(repaired ?? buffer, repaired?.count ?? count, isLast: count == 0)
        }
        defer { nextEvent += 1 }
        return events[nextEvent]
    }

    /// Gives the parser the first bytes of what was read.
    private func feed(_ bytes: [UInt8], _ count: Int, isLast: Bool) throws(XMLError) {
        silentBytes += count
        // The handlers get this reader for the time of the call only, during which `self` lives.
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe XML_Parse(
                parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(count), isLast ? 1 : 0)
        }
        if isLast { isAtEnd = true }
        if failure == nil, status == XML_STATUS_ERROR {
            let code = unsafe XML_GetErrorCode(parser)
            let reason = unsafe XML_ErrorString(code).map { unsafe String(cString: $0) } ?? ""
            failure = fault(code == XML_ERROR_NO_MEMORY ? .noMemory : .malformed, reason)
        }
        if failure == nil, silentBytes > limits.tagSize { failure = fault(.tooLarge) }
        // What came before the fault is still told.
        if let failure, events.isEmpty { throw failure }
    }

    private func fault(_ code: XMLError.Code, _ reason: String = "") -> XMLError {
        XMLError(code, document, line: Int(unsafe XML_GetCurrentLineNumber(parser)), reason: reason)
    }

    private func stop(_ code: XMLError.Code) {
        if failure == nil { failure = fault(code) }
        unsafe XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
}

// What the parser's handlers tell.
extension XMLReader {
    fileprivate func start(_ name: String, _ attributes: @autoclosure () -> [String: String]) {
        silentBytes = 0
        endText()
        depth += 1
        guard depth <= limits.depth else { return stop(.tooDeep) }
        events.append(.start(name: name, attributes: attributes()))
    }

    fileprivate func end(_ name: String) {
        silentBytes = 0
        endText()
        depth -= 1
        events.append(.end(name: name))
    }

    fileprivate func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        silentBytes = 0
        guard text.count + bytes.count <= limits.textSize else { return stop(.tooLarge) }
        unsafe text.append(contentsOf: bytes)
    }

    fileprivate func other() { silentBytes = 0 }

    fileprivate func documentType() { stop(.documentType) }

    private func endText() {
        guard !text.isEmpty else { return }
        events.append(.text(String(decoding: text, as: UTF8.self)))
        text.removeAll(keepingCapacity: true)
    }
}

/// The reader that a handler is called for. The parser may call on after it was told to stop, which does no harm:
/// the fault is kept and nothing more is told.
private func reader(_ data: UnsafeMutableRawPointer?) -> XMLReader? {
    unsafe data.map { unsafe Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
}

private func startElement(
    _ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?,
    _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) {
    guard let reader = unsafe reader(data), let name = unsafe name else { return }
    unsafe reader.start(String(cString: name), dictionary(attributes))
}

private func endElement(_ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?) {
    guard let reader = unsafe reader(data), let name = unsafe name else { return }
    unsafe reader.end(String(cString: name))
}

private func characterData(_ data: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?, _ count: Int32) {
    guard let reader = unsafe reader(data), let text = unsafe text else { return }
    unsafe text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { text in
        unsafe reader.characters(UnsafeBufferPointer(start: text, count: Int(count)))
    }
}

private func otherMarkup(_ data: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?, _ count: Int32) {
    unsafe reader(data)?.other()
}

private func startDocumentType(
    _ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?, _ system: UnsafePointer<CChar>?,
    _ publicIdentifier: UnsafePointer<CChar>?, _ hasInternalSubset: Int32
) {
    unsafe reader(data)?.documentType()
}

/// Names and values by turns, ended by a null pointer.
private func dictionary(_ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> [String: String] {
    var dictionary: [String: String] = [:]
    guard var next = unsafe attributes else { return dictionary }
    while let name = unsafe next[0], let value = unsafe next[1] {
        unsafe dictionary[String(cString: name)] = unsafe String(cString: value)
        unsafe next += 2
    }
    return dictionary
}
