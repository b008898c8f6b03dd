import Files
import FoundationEssentials
import Policy
import SourceSettings
import TestSupport
import Testing

/// The published schema says the same as the loader, and the manual's example is good by both.
@Suite struct SchemaTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    private static let schema = "\(root)/Documentation/policy.schema.json"
    private static let canValidate = (try? Peer.run("python3", ["-c", "import jsonschema"])) != nil

    private static let good = [
        "{}", #"{"$schema": "x", "comment": "y"}"#, #"{"projects": []}"#, #"{"projects": ["DEMO", "A_1"]}"#,
        #"{"sources": [{}]}"#, #"{"sources": [{"types": ["quality-time"], "projects": ["A"], "comment": "z"}]}"#,
        #"{"sources": [{"hosts": ["*", "*.example", "git.example:22", "10.0.0.1", "::1", "[::1]:80"]}]}"#,
        #"{"sources": [{"paths": ["/", "/a/*b/..c", "/.git"]}]}"#, #"{"deliveries": ["sftp.example:2222"]}"#,
        #"{"hours": [{"from": "00:00", "to": "24:00"}, {"days": [], "from": "23:59", "to": "00:01"}]}"#,
        #"{"rate": {}}"#, #"{"rate": {"runs": 1, "within": "30min"}}"#, #"{"rate": {"requests_per_minute": 1}}"#,
        #"{"fields": {}}"#, #"{"fields": {"tag": ["*", "-message"], "*": [], "issue": ["*"], "rest_x": ["*", "-y"]}}"#,
        #"{"variables": []}"#, #"{"networks": {}}"#, #"{"networks": {"allowed": [], "comment": "none"}}"#,
        #"{"networks": {"allowed": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"], "denied": ["::1"]}}"#,
    ]

    private static let bad = [
        "[]", "{", "{\"x\": 1}", #"{"projects": "A"}"#, #"{"projects": ["a"]}"#, #"{"projects": [1]}"#,
        #"{"sources": {}}"#, #"{"sources": [{"type": ["git"]}]}"#, #"{"sources": [{"types": ["gitt"]}]}"#,
        #"{"sources": [{"hosts": ["https://x"]}]}"#, #"{"sources": [{"hosts": ["x:0"]}]}"#,
        #"{"sources": [{"hosts": [""]}]}"#, #"{"sources": [{"paths": ["a"]}]}"#,
        #"{"sources": [{"paths": ["/a/../b"]}]}"#, #"{"sources": [{"paths": ["/.."]}]}"#,
        #"{"hours": [{"from": "1:00", "to": "02:00"}]}"#, #"{"hours": [{"from": "24:01", "to": "02:00"}]}"#,
        #"{"hours": [{"from": "01:00"}]}"#, #"{"hours": [{"days": ["Mon"], "from": "01:00", "to": "02:00"}]}"#,
        #"{"rate": {"runs": 1}}"#, #"{"rate": {"within": "1d"}}"#, #"{"rate": {"runs": 0, "within": "1d"}}"#,
        #"{"rate": {"runs": 1, "within": "1w"}}"#, #"{"rate": {"requests_per_minute": "1"}}"#,
        #"{"fields": []}"#, #"{"fields": {"tag": "*"}}"#, #"{"fields": {"tag": ["a b"]}}"#,
        #"{"networks": []}"#, #"{"networks": {"allowed": "10.0.0.0/8"}}"#, #"{"networks": {"refused": []}}"#,
        #"{"networks": {"denied": ["jira.example"]}}"#, #"{"networks": {"allowed": ["10"]}}"#,
        #"{"variables": ["SSH_HOST"]}"#, #"{"fields": {"rest_x": ["*", "-id."]}}"#,
    ]

    private static func loads(_ json: String) -> Bool {
        do throws(PolicyError) {
            _ = try Policy(json: Array(json.utf8), path: "policy.json")
            return true
        } catch {
            return false
        }
    }

    @Test func theLoaderTakesWhatIsGood() {
        for json in Self.good { #expect(Self.loads(json), "\(json)") }
        for json in Self.bad { #expect(!Self.loads(json), "\(json)") }
    }

    @Test(.enabled(if: canValidate, "python3-jsonschema is installed")) func theSchemaTakesTheSame() throws {
        let example = try manualsExample().split(separator: "\n").joined(separator: " ")
        let documents = Self.good + [example] + Self.bad
        let directory = try TemporaryDirectory()
        try Files.write(documents.joined(separator: "\n").utf8, to: "\(directory.path)/documents")
        let answers = try Peer.run(
            "python3",
            ["\(Self.root)/Tests/PolicyTests/validate.py", Self.schema, "\(directory.path)/documents"])
        let fits = answers.split(separator: "\n")
        try #require(fits.count == documents.count)
        for (index, json) in documents.enumerated() {
            #expect(fits[index] == (index <= Self.good.count ? "yes" : "no"), "\(json)")
        }
    }

    @Test func theManualsExampleIsGood() throws {
        let example = try manualsExample()
        #expect(example.contains("variables") && Self.loads(example))
    }

    /// The first piece of JSON of the page.
    private func manualsExample() throws -> String {
        let page = String(decoding: try Files.read("\(Self.root)/Documentation/policy.md"), as: UTF8.self)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0 != "```json" }.dropFirst().prefix { $0 != "```" }.joined(separator: "\n")
    }

    /// The lists of the schema that have their origin in the program.
    @Test func theSchemasListsAreThoseOfTheProgram() throws {
        struct Schema: Decodable {
            struct Items: Decodable { let `enum`: [String]? }
            struct Rule: Decodable { let properties: [String: Member]? }
            struct Member: Decodable { let items: Items? }
            struct Rules: Decodable { let items: Rule? }
            struct Properties: Decodable {
                let sources: Rules
                let variables: Member
            }
            let properties: Properties
        }
        let schema = try JSONDecoder().decode(Schema.self, from: Data(Files.read(Self.schema)))
        #expect(
            schema.properties.sources.items?.properties?["types"]?.items?.enum
                == SourceKind.allCases.map(\.rawValue) + ["dropins", "ldap", "seats", "topdesk"])
        #expect(schema.properties.variables.items?.enum == Policy.grantableVariables.sorted())
    }
}
