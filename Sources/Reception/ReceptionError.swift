package import Bundles

/// Why a bundle is not taken.
package struct ReceptionError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The notification announces no bundle.
        case noBundle = "no-bundle"
        /// Nothing was uploaded for the run.
        case nothingUploaded = "nothing-uploaded"
        /// Another bundle of the same run was taken before.
        case runTaken = "run-taken"
        /// The parts are not what was announced, sealed and signed; they are in quarantine.
        case refused = "refused"
    }

    package let code: Code
    /// What was wrong with the parts.
    package let cause: BundleError?

    init(_ code: Code, cause: BundleError? = nil) {
        self.code = code
        self.cause = cause
    }

    package var description: String {
        switch code {
        case .noBundle: "The notification announces no bundle."
        case .nothingUploaded: "Nothing was uploaded for this run. Upload the parts, then notify again."
        case .runTaken: "Another bundle of this run was received before; this one is refused."
        case .refused:
            "The bundle is refused and kept in quarantine: \(cause.map { "\($0)" } ?? "it is not sound"). Upload it again."
        }
    }
}
