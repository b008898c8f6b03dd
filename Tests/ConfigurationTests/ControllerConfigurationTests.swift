import Configuration
import Files
import TestSupport
import Testing

@Suite struct ControllerConfigurationTests {
    @Test func readsItsSettings() throws {
        let directory = try TemporaryDirectory()
        try Files.write(Array("LEGACY_AGENTS=enrolled-only\n".utf8), to: "\(directory.path)/env")
        let controller = try ControllerConfiguration(environment: [
            "CONTROLLER_HOME": directory.path, "CONTROLLER_HOSTS": "controller.example 10.0.0.7",
            "CONTROLLER_PORT": "9443",
        ])
        #expect(controller.home == directory.path)
        #expect(controller.hosts.map(\.description) == ["controller.example", "10.0.0.7"])
        #expect(controller.listener == HostPort(host: "0.0.0.0", port: 9443))
        #expect(controller.sshPort == 8022)
        #expect(controller.legacyAgents == .enrolledOnly)
    }

    @Test func deniesAgentsThatDoNotSignUnlessTold() throws {
        let controller = try ControllerConfiguration(environment: [:])
        #expect(controller.legacyAgents == .deny)
        #expect(controller.home.hasPrefix("/"))
        #expect(controller.home.hasSuffix("/controller"))
    }

    @Test func refusesAgentsSettingsInItsFile() throws {
        let directory = try TemporaryDirectory()
        try Files.write(Array("JIRA_KEY=DEMO\n".utf8), to: "\(directory.path)/env")
        #expect(throws: ConfigurationError.self) {
            try ControllerConfiguration(environment: ["CONTROLLER_HOME": directory.path])
        }
    }
}
