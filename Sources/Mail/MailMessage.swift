import Timestamps

/// A mail in plain text (RFC 5322).
package struct MailMessage: Sendable {
    /// An address without a name, e.g. `agent@example.org`.
    package let sender: String
    package let recipients: [String]
    package let subject: String
    package let body: String

    /// - Throws: `MailError` when there is no recipient or something is no address: no blank, comma or angle bracket, one `@`
    ///   with something on each side.
    package init(from sender: String, to recipients: [String], subject: String, body: String) throws(MailError) {
        guard !recipients.isEmpty else { throw MailError(.badAddress, "the list of recipients", "it is empty") }
        for address in [sender] + recipients where !Self.isAddress(address) {
            throw MailError(.badAddress, "'\(Self.printable(address))'", "it is no mail address")
        }
        self.sender = sender
        self.recipients = recipients
        self.subject = subject
        self.body = body
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        let forbidden = Set("<>,;:\"\\()[]".utf8)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }
    }

    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { $0.value < 0x20 ? "?" : $0 }))
    }

    /// The lines above the text, without those that say how it is encoded.
    /// - Parameter identifier: what makes the message's identifier the only one of its kind.
    func headers(at moment: Timestamp, identifier: String) -> [String] {
        let domain = sender.split(separator: "@").last ?? "localhost"
        return [
            "From: <\(sender)>",
            "To: \(recipients.map { "<\($0)>" }.joined(separator: ",\r\n "))",
            "Subject: \(Self.encoded(subject))",
            "Date: \(moment.internetMessageDate)",
            "Message-ID: <\(identifier)@\(domain)>",
            // RFC 3834: holiday notices and the like do not answer.
            "Auto-Submitted: auto-generated",
        ]
    }

    /// As it is where it is short ASCII, else in encoded words of at most 75 characters (RFC 2047).
    private static func encoded(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
        guard !isPlain || text.utf8.count > 60 else { return text }
        var words = [""]
        // A character is not parted between two words.
        for character in text.map({ $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? $0 : " " }) {
            let encoded = character.utf8.map(quotedPrintable).joined()
            if words[words.count - 1].utf8.count + encoded.utf8.count > 50 { words.append("") }
            words[words.count - 1] += encoded
        }
        return words.map { "=?UTF-8?Q?\($0)?=" }.joined(separator: "\r\n ")
    }

    private static func quotedPrintable(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            String(UnicodeScalar(byte))
        default: "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}

extension Timestamp {
    /// As in a `Date` line (RFC 5322 §3.3), in UTC: `Sat, 21 Nov 2026 08:00:00 +0000`.
    var internetMessageDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = rfc3339
        let date = text.prefix(10).split(separator: "-")
        let day = Int((Double(seconds) / 86_400).rounded(.down)) % 7
        let month = date.count == 3 ? Int(date[1]).map { months[$0 - 1] } ?? "Jan" : "Jan"
        return
            "\(days[(day + 7) % 7]), \(date.last ?? "") \(month) \(date.first ?? "") \(text.dropFirst(11).prefix(8)) +0000"
    }
}
