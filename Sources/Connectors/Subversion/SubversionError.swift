import Processes

/// What a repository or `svn` did that we could not follow.
struct SubversionError: Error, Equatable, CustomStringConvertible {
    enum Code: Equatable {
        /// The source's URL is of no form that we access.
        case unsupportedAddress
        /// The tracker holds something other than a revision.
        case malformedTracker
        /// Output that no known version of `svn` writes.
        case unexpectedOutput
        /// `svn` failed for one of Subversion's own reasons.
        case failed(Reason)
    }

    /// What Subversion's error numbers come to; they are listed in its `svn_error_codes.h`.
    enum Reason: Equatable {
        /// No such repository, path or revision.
        case missing
        /// The server does not let us in, or not there.
        case refused
        /// The server's certificate is not trusted.
        case untrusted
        /// The server cannot be reached, or the connection broke.
        case unreachable
        case other
    }

    let code: Code
    /// A command, or what is wrong.
    let subject: String
    /// Subversion's error numbers, such as `E170013`; they hold no data.
    let numbers: [String]

    init(_ code: Code, subject: String, numbers: [String] = []) {
        self.code = code
        self.subject = subject
        self.numbers = numbers
    }

    /// What the end of a program means; `nil` where it ended well.
    init?(_ exit: Exit, of command: String) {
        guard !exit.isSuccess else { return nil }
        let numbers = Self.numbers(in: exit.errors)
        // "Unable to connect" is only where it happened, unless nothing else is said.
        let causes = numbers.filter { $0 != "E170013" }
        let reasons = (causes.isEmpty ? numbers : causes).compactMap { Self.reasons[$0] }
        let reason = [Reason.missing, .untrusted, .refused, .unreachable].first { reasons.contains($0) } ?? .other
        self.init(.failed(reason), subject: command, numbers: numbers)
    }

    private static let reasons: [String: Reason] = [
        "E160005": .missing, "E160006": .missing, "E160013": .missing, "E170000": .missing, "W160013": .missing,
        "W170000": .missing,
        "E180001": .missing, "E210005": .missing,
        "E170001": .refused, "E175013": .refused, "E204900": .refused, "E215000": .refused, "E215004": .refused,
        "E230001": .untrusted,
        "E000101": .unreachable, "E000104": .unreachable, "E000110": .unreachable, "E000111": .unreachable,
        "E000113": .unreachable, "E170013": .unreachable, "E210002": .unreachable, "E670002": .unreachable,
        "E670003": .unreachable, "E670008": .unreachable, "E120108": .unreachable, "E120190": .unreachable,
    ]

    /// The words of the form `E170013:` or `W170000:`.
    private static func numbers(in errors: [UInt8]) -> [String] {
        var numbers: [String] = []
        for word in errors.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            guard word.count == 8, word.last == UInt8(ascii: ":"),
                word.first == UInt8(ascii: "E") || word.first == UInt8(ascii: "W"),
                word.dropFirst().dropLast().allSatisfy({ (0x30...0x39).contains($0) })
            else { continue }
            let number = String(decoding: word.dropLast(), as: UTF8.self)
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    var description: String {
        switch code {
        case .unsupportedAddress: "the URL of the Subversion source is not usable: \(subject)"
        case .malformedTracker: "the update tracker of the Subversion source holds no revision"
        case .unexpectedOutput: "the output of svn \(subject) is not of the form expected"
        case .failed(let reason):
            "svn \(subject) failed: \(Self.sentence(reason))"
                + (numbers.isEmpty ? "" : " (\(numbers.joined(separator: ", ")))")
        }
    }

    /// What the operator can do about it.
    var advice: String? {
        switch code {
        case .malformedTracker: "Remove the source's entry from the tracker to gather everything anew."
        case .failed(.missing): "Look whether the URL is that of a repository or of a directory in one."
        case .failed(.refused): "Look whether user, password or key are right and the user may read there."
        case .failed(.untrusted): "Give the certificate of the server's authority, or correct the host name."
        case .failed(.unreachable): "Look whether the server runs and can be reached from here."
        default: nil
        }
    }

    private static func sentence(_ reason: Reason) -> String {
        switch reason {
        case .missing: "there is no such repository, path or revision"
        case .refused: "the server refuses access"
        case .untrusted: "the server's certificate is not trusted"
        case .unreachable: "the server cannot be reached"
        case .other: "Subversion reports an error"
        }
    }
}
