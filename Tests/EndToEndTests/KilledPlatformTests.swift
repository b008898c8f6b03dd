import Files
import ForgeTestSupport
import TestSupport
import Testing

/// An agent that is killed at any request to a hosting platform: the next one ends with the files of an undisturbed one, and
/// asks again for one page of each list at most.
@Suite(.timeLimit(.minutes(20))) struct KilledPlatformTests {
    /// More than one page of some lists, and few requests otherwise.
    static let cases = [
        PlatformRepository(
            platform: .gitHub, type: "github", options: "issues=130&every=50&comments=110&lines=20",
            path: "owner/näme"),
        PlatformRepository(
            platform: .gitLab, type: "gitlab", options: "requests=2&events=110&issues=105&every=50",
            path: "grøup/name"),
        PlatformRepository(
            platform: .azureDevOps, type: "tfs", options: "pushes=110&pulls=2&revisions=7",
            path: "tfs/Coll/Prøject/_git/Repö"),
    ]

    private let parent: TemporaryDirectory

    init() throws { parent = try PlatformRepository.served() }

    /// What a list or a thing is apart from its pages.
    private func resource(_ address: String) -> String {
        let parts = address.split { $0 == "?" || $0 == "&" }
        return ([parts[0]] + parts.filter { $0.hasPrefix("artifactUri=") }).joined(separator: "?")
    }

    /// Method, path and query of each.
    private func requests(to server: PlatformServer) async throws -> [String] {
        try await server.requests().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    @Test(arguments: cases)
    func theNextRunGivesTheFilesOfAnUndisturbedOne(_ example: PlatformRepository) async throws {
        let homes = try TemporaryDirectory()
        let server = try PlatformServer(example.platform, example.options + "&git=\(parent.path)/served.git")
        let calm = "\(homes.path)/calm"
        #expect(try example.scrape(server, home: calm) == 0)
        let expected = PlatformRepository.export(of: calm)
        let total = try await requests(to: server).count
        #expect(expected.contains("data_vcs_versions.json") && total > 8)
        for place in 1...total {
            let home = "\(homes.path)/\(place)"
            let when = place.isMultiple(of: 2) ? "before" : "after"
            try await server.set("kill=\(place)&when=\(when)&pid=\(home)/pid")
            let status = try example.scrape(server, home: home)
            #expect(status == 128 + 9, "request \(place) of \(total)")
            let before = Set(try await requests(to: server))
            try await server.set("")
            #expect(try example.scrape(server, home: home) == 0)
            let difference = PlatformRepository.export(of: home).split(separator: "\n").difference(
                from: expected.split(separator: "\n"))
            #expect(difference.isEmpty, "killed \(when) \(place) of \(total): \(difference.prefix(20))")
            let again = try await requests(to: server).filter { before.contains($0) }.map(resource)
            #expect(Set(again).count == again.count, "killed \(when) \(place) of \(total): \(again)")
        }
    }
}
