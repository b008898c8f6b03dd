/// What a program tells its caller when it ends.
package struct ExitCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let success = ExitCode(rawValue: 0)
    /// It ran, and something failed.
    package static let failure = ExitCode(rawValue: 1)
    /// The command line or the configuration is wrong; nothing was done.
    package static let usage = ExitCode(rawValue: 2)
    /// Preflight says that this is not the time to gather.
    package static let notNow = ExitCode(rawValue: 3)
    /// Something outside is missing for the moment (`EX_TEMPFAIL` of sysexits.h).
    package static let tryLater = ExitCode(rawValue: 75)

    /// The status shells give to a program that a signal ended.
    package static func signal(_ number: Int32) -> ExitCode { ExitCode(rawValue: 128 + number) }

    /// A few words for the help text and the manual.
    package var meaning: String {
        switch self {
        case .success: "all is well"
        case .failure: "it ran and failed"
        case .usage: "the command line or the configuration is wrong"
        case .notNow: "preflight says not now"
        case .tryLater: "try again later"
        case _ where rawValue > 128: "ended by signal \(rawValue - 128)"
        default: "the status of the command that was run"
        }
    }
}
