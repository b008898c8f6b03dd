package import ControllerAPI
package import ControllerClient
import Files
import Pseudonyms
package import Timestamps

/// The checks before a project is gathered. They alone give the clearance that gathering asks for.
package struct Preflight: Sendable {
    /// What is checked, and whether a failure counts.
    package struct Options: Sendable {
        /// The secrets file to check instead of the project's own one.
        package var secretsPath: String?
        package var checksSecrets = true
        package var checksController = true
        /// Makes all checks, but fails because of none.
        package var ignoresProblems = false
        /// Gathers although the controller's schedule says that it is too early, because somebody asked for it. All other
        /// checks count.
        package var ignoresSchedule = false
        /// The number of the controller's own wish, where it asked.
        package var trigger: Int?
        /// Looks only: writes neither the date of the check nor the controller's variables.
        package var leavesNoTrace = false

        package init() {}
    }

    private let options: Options
    private let home: String
    private let secrets: SecretsFiles
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - home: the agent's directory.
    ///   - secrets: where the controller's answers are.
    package init(
        _ options: Options, home: String, secrets: SecretsFiles, now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.options = options
        self.home = home
        self.now = now
        self.secrets = secrets
    }

    /// Makes the checks.
    /// - Parameters:
    ///   - client: asks the controller; makes it a problem that there is none, where one is to be asked.
    ///   - others: checks that were made elsewhere and count as well.
    ///   - isReached: whether the controller is known to be reached; where it is not, `others` say so and it is not asked.
    package func check(
        _ project: ProjectKey, asking client: ControllerClient?, after others: [PreflightReport.Check] = [],
        isReached: Bool = true
    ) async throws -> PreflightReport {
        let export = "\(home)/export/\(project)"
        if !options.leavesNoTrace { try Files.makeDirectory(export) }
        var checks = others
        let readable = readSecrets(of: project)
        if options.checksSecrets { checks.append(readable.check) }
        if options.checksController, isReached { checks += try await ask(client, project, export: export) }
        let fails = checks.contains { $0.problem != nil } && !options.ignoresProblems
        guard !fails else { return PreflightReport(project: project, checks: checks, clearance: nil) }
        if !options.leavesNoTrace {
            try Files.write(now().localWithOffset.utf8, to: "\(export)/\(Self.dateFile)")
        }
        return PreflightReport(
            project: project, checks: checks, clearance: Clearance(project, secrets: readable.secrets))
    }

    /// Clears a gathering into the local export directory, which asks nobody.
    package func inspection(of project: ProjectKey) throws -> Clearance {
        guard let path = try options.secretsPath ?? secrets.existingPath(for: project) else {
            return Clearance(project, secrets: nil)
        }
        return Clearance(project, secrets: try PseudonymSecrets(RegistrationAnswer(json: Files.read(path))))
    }

    /// The update tracker that tells the controller when the project was last gathered.
    package static let dateFile = "preflight_date.txt"
    /// What the controller wants in the environment of the run.
    package static let environmentFile = "preflight_env"

    private func readSecrets(of project: ProjectKey) -> (secrets: PseudonymSecrets?, check: PreflightReport.Check) {
        let expected = options.secretsPath ?? secrets.path(of: project)
        do {
            let path = try options.secretsPath ?? secrets.existingPath(for: project) ?? expected
            let content = try PseudonymSecrets(RegistrationAnswer(json: Files.read(path)))
            return (content, .passed("secrets", "\(path) holds salt and pepper"))
        } catch let error as FileError where error.isMissing {
            return (
                nil, .failed("secrets", .secretsMissing, "there is no \(expected)", "Run: agent register \(project)")
            )
        } catch {
            return (nil, .failed("secrets", .secretsFormat, "\(expected): \(error)", "Run: agent register \(project)"))
        }
    }

    private func ask(
        _ client: ControllerClient?, _ project: ProjectKey, export: String
    ) async throws -> [PreflightReport.Check] {
        guard let client else {
            return [
                .failed(
                    "controller", .controllerUnset, "SSH_HOST names no controller",
                    "Set SSH_HOST, or leave the controller out with --no-ssh.")
            ]
        }
        let environment = "\(export)/\(Self.environmentFile)"
        // What an earlier answer wanted counts no more, whatever becomes of this one.
        if !options.leavesNoTrace { try Files.remove(environment) }
        do {
            let answer = try await client.status(project, trigger: options.trigger)
            let isTooEarlyOnly = options.ignoresSchedule && Self.isTooEarlyOnly(answer)
            guard answer.isOK || isTooEarlyOnly else { return Self.refusals(of: answer) }
            if let contents = answer.configuration, !options.leavesNoTrace {
                try Files.write(contents.utf8, to: environment, permissions: 0o600)
            }
            if isTooEarlyOnly { return [.passed("controller", "\(client.host) agrees but for its schedule")] }
            return [.passed("controller", "\(client.host) agrees")]
        } catch let error as ControllerError {
            if error.isCancellation { throw CancellationError() }
            return [.failed("controller", .init(error), "\(error)", error.advice)]
        }
    }

    /// Whether the schedule is all that speaks against it. Where any part is not well, controllers of the reference keep the
    /// configuration back, which is then not well either.
    private static func isTooEarlyOnly(_ answer: StatusAnswer) -> Bool {
        let failures = answer.failures.map(\.name)
        return failures.contains(.tracker) && failures.allSatisfy { $0 == .tracker || $0 == .configuration }
    }

    private static func refusals(of answer: StatusAnswer) -> [PreflightReport.Check] {
        [.failed("controller", .controllerServiceUnavailable, answer.total.message ?? "not now", "Try again later.")]
            + answer.failures.map { part in
                .failed(
                    "controller", .status(part.name.rawValue),
                    "Status '\(part.name.rawValue)': \(part.message ?? "Not OK")", nil)
            }
    }
}
