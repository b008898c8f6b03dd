/// Paths that mean the same to a shell inside single quotes and to the SSH server inside double ones.
enum SafePath {
    /// - Throws: `ReceivingError` with the code `setting`.
    static func check(_ path: String, subject: String) throws(ReceivingError) -> String {
        guard path.hasPrefix("/") else {
            throw ReceivingError(.setting, subject, expected: "an absolute path", found: "a relative one")
        }
        guard path.utf8.allSatisfy(isHarmless) else {
            throw ReceivingError(
                .setting, subject,
                expected: "a path without quotes, backslashes, `$`, back-ticks and control characters",
                found: "one of these", advice: "Choose another directory.")
        }
        return path
    }

    /// The path where `%` begins a token: in some settings of the SSH server, and in options of its programs.
    static func escapingTokens(_ path: String) -> String {
        path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F: false
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): false
        default: true
        }
    }
}
