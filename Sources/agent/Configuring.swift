import Commands
import Configuration
import ControllerAPI
import Cryptography
import Files
import FoundationEssentials
import Lifecycle
import Policy
import SourceSettings

/// `agent config`: what the settings are, where each comes from, and what is wrong with them.
enum Configuring {
    // MARK: show

    static func show(_ invocation: Invocation) async throws -> ExitCode {
        let setup = try AgentSetup(environment: ProcessFacts.environment, overrides: invocation.overrides)
        let entries = setup.agent.settings.entries.filter { invocation.has("all") || $0.origin != .fallback }
        if invocation.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let shown = entries.map { Shown(name: $0.name, value: $0.value, origin: "\($0.origin)") }
            try invocation.console.print(String(decoding: encoder.encode(shown), as: UTF8.self))
            return .success
        }
        for entry in entries {
            let value = entry.value.map { $0.isEmpty ? "(empty)" : $0 } ?? "(not set)"
            try invocation.console.print("\(entry.name)=\(value)    # \(entry.origin)")
        }
        if entries.isEmpty {
            try invocation.console.print("nothing is set; 'agent config show --all' shows the defaults")
        }
        for warning in setup.warnings { invocation.console.complain("worth a second look: \(warning)") }
        return .success
    }

    /// A setting for programs; a secret's value reads `<redacted>`.
    private struct Shown: Encodable {
        let name: String
        let value: String?
        let origin: String
    }

    // MARK: check

    /// Tells all faults at once; asks nobody, and changes nothing.
    static func check(_ invocation: Invocation) async throws -> ExitCode {
        let findings = try findings(ProcessFacts.environment, invocation.overrides)
        guard findings.faults.isEmpty else { throw ConfigurationError(findings.faults) }
        for warning in findings.warnings { invocation.console.complain("worth a second look: \(warning)") }
        try invocation.console.print("no fault: \(findings.summary)")
        return .success
    }

    /// What is wrong with settings, policy and sources, and what is worth a look.
    /// - Throws: `ConfigurationError` where the settings cannot be read at all.
    static func findings(
        _ environment: [String: String], _ overrides: [SettingOverride]
    ) throws -> (faults: [ConfigurationFault], warnings: [String], summary: String) {
        let home = AgentConfiguration.sources(environment: environment, overrides: overrides).home
        var faults: [ConfigurationFault] = []
        var policy = Policy.unlimited
        do throws(PolicyError) {
            policy = try Policy.load("\(home)/config")
        } catch {
            faults = error.faults.map { fault in
                ConfigurationFault(
                    error.code == .unreadable ? .unreadable : .badValue,
                    fault.place.isEmpty ? error.path : "\(error.path): \(fault.place)", fault.problem)
            }
        }
        let setup: AgentSetup
        do throws(ConfigurationError) {
            setup = try AgentSetup(environment: environment, overrides: overrides)
        } catch {
            throw ConfigurationError(error.faults + faults)
        }
        var warnings = setup.warnings
        var count = 0
        for project in setup.agent.projects {
            let path = "\(setup.agent.home)/export/\(project)/data_sources.json"
            do {
                let list = try setup.sources(of: project, file: read(path), path: path)
                warnings += list.warnings
                count += list.gatherable.count
                faults += list.gatherable.compactMap { Self.fault(in: $0, setup) }
                warnings += list.gatherable.compactMap { source in
                    policy.refusal(of: source, project, setup.resolver).map { "not gathered: \($0)" }
                }
                if list.gatherable.isEmpty { warnings.append("\(project) has no source, so nothing of it is gathered") }
            } catch let error as ConfigurationError {
                faults += error.faults
            } catch let error as FileError {
                faults.append(.init(.unreadable, path, "\(error)"))
            }
        }
        faults += try mappingFaults(setup.agent.home)
        let lists = try ListPlans(setup: setup).findings()
        faults += lists.faults
        warnings += lists.warnings
        faults += try certificateFaults(setup.agent)
        if setup.agent.projects.isEmpty { warnings.append("JIRA_KEY names no project, so nothing is gathered") }
        let set = setup.agent.settings.entries.count { $0.origin != .fallback }
        return (faults, warnings, "\(set) settings, \(setup.agent.projects.count) projects, \(count) sources")
    }

    /// What is wrong with the files that say which fields are gathered.
    private static func mappingFaults(_ home: String) throws -> [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        let files: [() throws -> Void] = [
            { _ = try Composition.jiraFields(below: home) }, { _ = try Composition.workItemFields(below: home) },
        ]
        for file in files {
            do {
                try file()
            } catch let error as ConfigurationError {
                faults += error.faults
            } catch let error as FileError {
                faults.append(.init(.unreadable, error.path, "\(error)"))
            }
        }
        return faults
    }

    private static func read(_ path: String) throws(FileError) -> [UInt8]? {
        try Files.status(path) == nil ? nil : try Files.read(path)
    }

    private static func fault(in source: SourceDefinition, _ setup: AgentSetup) -> ConfigurationFault? {
        do {
            _ = try setup.resolver.resolve(source)
            return nil
        } catch {
            return .init(.badValue, "source \(source.name)", "\(error)")
        }
    }

    /// Whether the controller, if there is one, can be trusted at all.
    private static func certificateFaults(_ agent: AgentConfiguration) throws -> [ConfigurationFault] {
        guard agent.controller != nil else { return [] }
        let name = AgentSettings.controllerCertificate.name
        guard let path = agent.controllerCertificate else {
            guard agent.knownController == nil else { return [] }
            return [.init(.missing, name, "expected the controller's certificate because SSH_HOST is set, found none")]
        }
        do {
            _ = try Certificate(pem: String(decoding: Files.read(path), as: UTF8.self))
            return []
        } catch let error as FileError {
            return [.init(.unreadable, name, "\(error)")]
        } catch {
            return [.init(.badValue, name, "expected a certificate in \(path): \(error)")]
        }
    }
}
