import Commands
import Configuration
import ControllerAPI
import Cryptography
import Fleet
import Lifecycle
import Timestamps

/// `controller certificate`: the one that agents know the controller by, and the one that follows it.
enum CertificateCommands {
    private struct Report: Encodable {
        let current: Entry
        let next: Entry?
        /// Enrolled agents that have not heard of the next one.
        let not_told: [String]
    }

    private struct Entry: Encodable {
        let pin: String
        let hosts: [String]
        let valid_until: String

        init(_ certificate: Certificate) {
            pin = certificate.publicKeyPin
            hosts = certificate.hosts
            valid_until = certificate.notAfter.rfc3339
        }

        var line: String { "\(pin)\tuntil \(valid_until)\t\(hosts.joined(separator: " "))" }
    }

    static func show(_ invocation: Invocation) async throws -> ExitCode {
        let state = try state(invocation)
        let next = try state.nextCertificate()
        let notTold = try await notTold(of: next, invocation)
        let report = Report(
            current: Entry(try state.certificate()), next: next.map(Entry.init), not_told: notTold.map(\.text))
        if invocation.has("json") {
            try Listing.print(report, "certificate", invocation)
            return .success
        }
        try invocation.console.print("in use\t\(report.current.line)")
        if let next = report.next {
            try invocation.console.print("next\t\(next.line)")
            try invocation.console.print(
                notTold.isEmpty
                    ? "all enrolled agents have heard of it"
                    : "not heard of it yet: \(report.not_told.joined(separator: " "))")
        }
        return .success
    }

    static func renew(_ invocation: Invocation) async throws -> ExitCode {
        let next = try state(invocation).renewCertificate(hosts: invocation.values("host"))
        try invocation.console.print("made the next certificate: \(Entry(next).line)")
        try invocation.console.print(
            "Agents that enrolled by a token hear of it at their next run; those with a certificate file need it in that file, "
                + "beside the one in use. Next: controller certificate show, then controller certificate activate")
        return .success
    }

    static func activate(_ invocation: Invocation) async throws -> ExitCode {
        let state = try state(invocation)
        let notTold = try await notTold(of: state.nextCertificate(), invocation)
        guard notTold.isEmpty || invocation.has("anyway") else {
            throw ControllerState.RenewalFault(
                description: "agents have not heard of the next certificate: "
                    + notTold.map(\.text).joined(separator: " "),
                advice: "Wait for their next run, or say --anyway: they will need a new token then.")
        }
        let certificate = try state.activateCertificate()
        try invocation.console.print("in use from the next start on: \(Entry(certificate).line)")
        try invocation.console.print(
            "Start the controller anew. Tokens that were not used yet name the old one: issue new ones.")
        return .success
    }

    private static func notTold(of next: Certificate?, _ invocation: Invocation) async throws -> [AgentKey] {
        guard let next else { return [] }
        return try await Administration.openFleet(invocation).agentsNotTold(of: next.publicKeyPin)
    }

    private static func state(_ invocation: Invocation) throws -> ControllerState {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        return state
    }
}
