import ForgeTestSupport
import Forges
import Gathering
import HTTP
import Jenkins
import QualityMetrics
import QualityTime
import REST
import SonarQube
import Synchronization

extension PlatformServer {
    func jenkins() throws -> JenkinsSource {
        JenkinsSource(
            name: "Build", base: try WebAddress("\(address)/ci"), environment, pool: TokenPool([], share: 1))
    }

    private func settings(_ path: String, _ change: (inout MetricSettings) -> Void) throws -> MetricSettings {
        let base = try WebAddress(address + path)
        var settings = MetricSettings(
            name: "Qüality", base: base, url: base.text, environment, pool: TokenPool([], share: 1))
        change(&settings)
        return settings
    }

    static let report = "818b0b22-1bac-45b9-9f4d-ad898a7c47e0"

    func qualityTime(
        _ path: String = "/q/\(PlatformServer.report)", change: (inout MetricSettings) -> Void = { _ in }
    ) throws -> QualityTimeSource {
        try QualityTimeSource(settings(path, change))
    }

    func sonar(
        _ path: String = "/sonar/dashboard", scope: SonarSource.Scope = .component("cömp:1"),
        organization: String? = nil, longName: String? = nil, listLimit: Int = SonarSource.listLimit,
        change: (inout MetricSettings) -> Void = { _ in }
    ) throws -> SonarSource {
        try SonarSource(
            settings(path, change), scope: scope, organization: organization, longName: longName, listLimit: listLimit)
    }
}

/// Takes what a quality server names.
final class Found: Sendable {
    private let sources = Mutex<[FoundSource]>([])
    var all: [FoundSource] { sources.withLock(\.self) }
    func take(_ found: [FoundSource]) { sources.withLock { $0 = found } }
}
