import Files
import ForgeTestSupport
import FoundationEssentials
import TestSupport
import Testing

/// An agent in any zone gathers each thing of Azure DevOps once, although its trackers are digits of its own clock. The
/// server's clock is years behind.
@Suite struct PlatformZoneTests {
    private static let zones = ["Etc/GMT+11", "America/St_Johns", "UTC", "Asia/Kathmandu", "Etc/GMT-14"]

    @Test(.timeLimit(.minutes(5)), arguments: zones)
    func missesNothingAndTellsNothingTwice(zone: String) async throws {
        let parent = try PlatformRepository.served()
        let repository = PlatformRepository(
            platform: .azureDevOps, type: "tfs",
            options: "pushes=2&pulls=3&revisions=7&git=\(parent.path)/served.git", path: "tfs/Coll/Prøject/_git/Repö")
        let server = try PlatformServer(repository.platform, repository.options)
        let homes = try TemporaryDirectory()
        let home = "\(homes.path)/agent"

        #expect(try repository.scrape(server, home: home, zone: zone) == 0)
        #expect(try count("vcs_event", home) == 2)
        #expect(try count("merge_request", home) == 3)
        #expect(try count("tfs_work_item", home) == 7)
        try await server.set("pushes=4&pulls=4&revisions=9")
        #expect(try repository.scrape(server, home: home, zone: zone) == 0)
        #expect(try count("vcs_event", home) == 2)
        #expect(try count("merge_request", home) == 1)
        #expect(try count("tfs_work_item", home) == 2)
        #expect(try repository.scrape(server, home: home, zone: zone) == 0)
        for table in ["vcs_event", "merge_request", "tfs_work_item"] { #expect(try count(table, home) == 0) }
    }

    /// The rows of a table.
    private func count(_ table: String, _ home: String) throws -> Int {
        let content = try Files.read("\(home)/export/DEMO/data_\(table).json")
        return try JSONDecoder().decode([[String: String]].self, from: Data(content)).count
    }
}
