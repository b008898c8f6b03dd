import Commands
import Configuration
import Files
import Policy
import SourceSettings
import Tables
import TestSupport
import Testing
import Timestamps

@Suite struct PolicyTests {
    private func policy(_ json: String) throws -> Policy { try Policy(json: Array(json.utf8), path: "policy.json") }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private func source(
        _ type: String, _ host: String, _ port: Int? = 443, _ path: String = "/group/product.git",
        project: String = "DEMO", others: [SourceAddress] = []
    ) -> WantedSource {
        WantedSource(
            name: "s", type: type, project: project, address: SourceAddress(host: host, port: port, path: path),
            others: others)
    }

    @Test func withoutAFileOnlyTheControllersVariablesAreLimited() throws {
        let policy = Policy.unlimited
        #expect(policy.refusal(ofProject: "ANY") == nil)
        #expect(policy.refusal(of: source("git", "anywhere.example")) == nil)
        #expect(policy.refusal(ofProject: "ANY", at: .now) == nil)
        #expect(policy.refusal(ofProject: "ANY", after: [.now, .now], now: .now) == nil)
        #expect(policy.refusal(ofDeliveryTo: "other.example", port: 22, controller: "c.example") == nil)
        #expect(policy.fields == .none && policy.hasAllHosts)
        #expect(policy.refusal(ofVariable: "LOG_LEVEL") == nil)
        #expect(policy.refusal(ofVariable: "SSH_HOST")?.code == .variable)
    }

    // MARK: Addresses

    private func reasons(_ policy: Policy, _ author: NetworkLimits.Author, _ addresses: String...) -> [Bool] {
        addresses.map { policy.refusal(ofAddress: $0, of: "host.example", namedBy: author) == nil }
    }

    /// Nobody has to write a policy against what no source is ever on.
    @Test func addressesOfAMachinesOwnServicesAreNeverPermittedUnasked() throws {
        let plain = Policy.unlimited
        #expect(
            reasons(plain, .client, "10.1.2.3", "192.0.2.1", "127.0.0.1", "::1", "2001:db8::1")
                == [true, true, true, true, true])
        #expect(
            reasons(
                plain, .client, "169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200",
                "::ffff:169.254.169.254", "nonsense") == [Bool](repeating: false, count: 7))
        // Whoever else names this machine wants what only this machine may see.
        #expect(
            reasons(plain, .other, "10.1.2.3", "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::ffff:127.0.0.1")
                == [true, false, false, false, false, false])
        #expect(plain.refusal(ofAddress: "169.254.169.254", of: "meta.example", namedBy: .other)?.code == .network)
    }

    @Test func onlyTheNetworksThatAreAllowedAndNotDenied() throws {
        let policy = try policy(
            #"{"networks": {"allowed": ["10.0.0.0/8", "169.254.7.7", "::1"], "denied": ["10.9.0.0/16"]}}"#)
        #expect(
            reasons(policy, .client, "10.1.2.3", "10.9.2.3", "192.0.2.1", "169.254.7.7", "169.254.7.8", "127.0.0.1")
                == [true, false, false, true, false, false])
        #expect(reasons(policy, .other, "::1", "127.0.0.1", "10.8.0.1") == [true, false, true])
        let denying = try self.policy(#"{"networks": {"denied": ["192.0.2.0/24"]}}"#)
        #expect(reasons(denying, .client, "192.0.2.9", "192.0.3.9", "169.254.1.1") == [false, true, false])
        let refusal = try #require(denying.refusal(ofAddress: "192.0.2.9", of: "jira.example", namedBy: .client))
        #expect("\(refusal)" == "jira.example: the policy denies the address 192.0.2.9")
        #expect(refusal.advice == "Have whoever owns policy.json, member networks permit it.")
        #expect(
            try self.policy(#"{"networks": {"allowed": []}}"#).refusal(
                ofAddress: "10.0.0.1", of: "a", namedBy: .client)?.code == .network)
    }

    // MARK: Each limit

    @Test func otherProjects() throws {
        let policy = try policy(#"{"projects": ["DEMO"]}"#)
        #expect(policy.refusal(ofProject: "DEMO") == nil)
        let refusal = try #require(policy.refusal(ofProject: "OTHER"))
        #expect(refusal.code == .project && !refusal.isNotNow && refusal.exitCode == .usage)
        #expect("\(refusal)" == "OTHER: the policy does not have this project")
        #expect(refusal.advice == "Have whoever owns policy.json, member projects permit it.")
        #expect(try self.policy(#"{"projects": []}"#).refusal(ofProject: "DEMO")?.code == .project)
    }

    @Test func otherSources() throws {
        let policy = try policy(
            #"""
            {"sources": [
                {"types": ["git"], "hosts": ["git.example", "*.corp.example:8443"], "paths": ["/group", "/srv/*/x"]},
                {"types": ["jira"], "hosts": ["jira.example"], "projects": ["DEMO"]},
                {"types": ["subversion"], "hosts": ["localhost"], "paths": ["/srv/svn"]},
                {"types": ["github"], "hosts": ["github.com"]}
            ]}
            """#)
        func code(_ wanted: WantedSource) -> Refusal.Code? { policy.refusal(of: wanted)?.code }
        #expect(code(source("git", "git.example")) == nil)
        #expect(code(source("git", "GIT.example.", 22, "/group")) == nil)
        #expect(code(source("git", "a.corp.example", 8443, "/srv/any/x/y")) == nil)
        #expect(code(source("jira", "jira.example", 443, "/")) == nil)
        #expect(code(source("subversion", "localhost", nil, "/srv/svn/repo")) == nil)
        #expect(code(source("jira", "jira.example", 443, "/", project: "OTHER")) == .source)
        #expect(code(source("sonar", "git.example")) == .source)
        #expect(code(source("git", "jira.example")) == .host)
        #expect(code(source("git", "git.example.evil")) == .host)
        #expect(code(source("git", "a.corp.example", 443)) == .host)
        #expect(code(source("git", "corp.example", 8443)) == .host)
        #expect(code(source("git", "xcorp.example", 8443)) == .host)
        #expect(code(source("git", "localhost", nil)) == .host)
        for path in [
            "/groups", "/group/../other", "/group/%2e%2E/other", "/group/./x", "/group%2Fx", "/group/a%2f..%2fb",
            "/srv/a/b/x", "/group/%zz", "",
        ] {
            #expect(code(source("git", "git.example", 443, path)) == .path, "\(path)")
        }
        let api = SourceAddress(host: "api.github.com", port: 443, path: "/")
        #expect(code(source("github", "github.com")) == nil)
        #expect(code(source("github", "github.com", others: [api])) == .host)
        #expect(!policy.hasAllHosts)
    }

    @Test func otherHosts() throws {
        let policy = try policy(#"{"sources": [{"hosts": ["10.0.0.7:8080", "[::1]", "::2", "[::3]:99"]}]}"#)
        func code(_ host: String, _ port: Int?) -> Refusal.Code? {
            policy.refusal(ofHost: SourceAddress(host: host, port: port, path: "/"))?.code
        }
        #expect(code("10.0.0.7", 8080) == nil)
        #expect(code("10.0.0.7", 80) == .host)
        #expect(code("::1", 443) == nil && code("[::1]", 443) == nil && code("::2", 1) == nil)
        #expect(code("::3", 99) == nil && code("::3", 98) == .host)
        #expect(try self.policy(#"{"sources": [{"hosts": ["*"]}]}"#).refusal(of: source("git", "any.example")) == nil)
        #expect(try self.policy(#"{"sources": [{"hosts": []}]}"#).refusal(of: source("git", "x"))?.code == .host)
        #expect(try self.policy(#"{"sources": []}"#).refusal(of: source("git", "x"))?.code == .source)
    }

    /// The test's process has the zone of its machine, so that the ranges are worked out from the moment's own text.
    @Test func otherHours() throws {
        let moment = try moment("2026-11-21T12:30:00Z")
        let hour = Int(moment.local.dropFirst(11).prefix(2)) ?? 0
        func text(_ hour: Int) -> String { (hour % 24 < 10 ? "0" : "") + "\(hour % 24):00" }
        func refused(_ from: Int, _ to: Int, days: String = "") throws -> Bool {
            let policy = try policy(#"{"hours": [{\#(days)"from": "\#(text(from))", "to": "\#(text(to))"}]}"#)
            return policy.refusal(ofProject: "DEMO", at: moment)?.code == .hours
        }
        #expect(try !refused(hour, hour + 1))
        #expect(try refused(hour + 1, hour + 2))
        #expect(try !refused(hour + 20, hour + 1))
        // 2026-11-21 is a Saturday; nowhere is it the half of a day away from noon that would make it another day.
        if (1...22).contains(hour) {
            #expect(try !refused(hour, hour + 1, days: #""days": ["sat"], "#))
            #expect(try refused(hour, hour + 1, days: #""days": ["sun", "fri"], "#))
        }
        let never = try #require(policy(#"{"hours": []}"#).refusal(ofProject: "DEMO", at: moment))
        #expect(never.isNotNow && never.exitCode == .notNow)
    }

    @Test func moreOften() throws {
        let policy = try policy(#"{"rate": {"runs": 2, "within": "1d"}}"#)
        let now = try moment("2026-11-21T12:00:00Z")
        let early = try moment("2026-11-20T11:59:00Z")
        let late = try moment("2026-11-20T12:01:00Z")
        let future = try moment("2026-12-01T00:00:00Z")
        #expect(policy.refusal(ofProject: "DEMO", after: [early, early, late], now: now) == nil)
        let refusal = try #require(policy.refusal(ofProject: "DEMO", after: [late, late], now: now))
        #expect(refusal.code == .rate && refusal.isNotNow)
        #expect("\(refusal)" == "DEMO: the policy permits 2 gatherings in 1d")
        #expect(policy.refusal(ofProject: "DEMO", after: [future, late], now: now)?.code == .rate)
        #expect(try self.policy(#"{"rate": {"requests_per_minute": 60}}"#).requestsPerMinute == 60)
    }

    @Test func otherFields() throws {
        let fields = try policy(#"{"fields": {"vcs_versions": ["*", "-message"], "tag": []}}"#).fields
        #expect(fields.permits(.vcsVersions) && fields.permits("developer", of: "vcs_versions"))
        #expect(fields.withheld(of: .vcsVersions) == ["message"])
        #expect(!fields.permits(.tag) && fields.withheld(of: .tag) == TableSchema.tag.columns.map(\.name))
        // What is not named leaves not at all.
        #expect(!fields.permits(.changePath))
        let others = try policy(#"{"fields": {"tag": ["*"], "*": ["*", "-message"]}}"#).fields
        #expect(others.withheld(of: .tag) == [] && others.withheld(of: .vcsVersions) == ["message"])
        #expect(others.mask(.tag) == nil)
        #expect(others.mask(.vcsVersions)?.count { !$0 } == 1)
        #expect(try policy(#"{"fields": {}}"#).fields.permits(.tag) == false)
    }

    @Test func whatIsEmptiedSaysNothing() throws {
        let schema = TableSchema.vcsVersions
        let fields = FieldLimits(["vcs_versions": .only(["repo_name", "version_id"])], others: nil)
        let mask = try #require(fields.mask(schema))
        var values = schema.columns.map { Optional("value of \($0.name)") }
        values[2] = nil
        let row = Row(values: values, protection: .pseudonymised).limited(to: mask, schema)
        #expect(
            row.values == [
                "value of repo_name", "value of version_id", nil, "", "", "0", "0", "0", "0", "0", "0", "0", "0", "0",
                "0", "",
            ])
    }

    @Test func otherPlacesForBundles() throws {
        let policy = try policy(#"{"deliveries": ["sftp.example:2222"]}"#)
        func code(_ host: String, _ port: Int) -> Refusal.Code? {
            policy.refusal(ofDeliveryTo: host, port: port, controller: "c.example")?.code
        }
        #expect(code("C.example", 22) == nil && code("sftp.example", 2222) == nil)
        #expect(code("sftp.example", 22) == .delivery && code("10.0.0.1", 22) == .delivery)
        #expect(
            try self.policy("{}").refusal(ofDeliveryTo: "x.example", port: 22, controller: "c.example")?.code
                == .delivery)
    }

    @Test func otherVariables() throws {
        let policy = try policy(#"{"variables": ["RATE_LIMIT_SHARE"]}"#)
        #expect(policy.refusal(ofVariable: "RATE_LIMIT_SHARE") == nil)
        #expect(policy.refusal(ofVariable: "LOG_LEVEL")?.code == .variable)
    }

    /// Whatever settings there are: nothing that names a path, a host, a program or a secret can be handed over.
    @Test func whatCanBeHandedOverIsHarmless() throws {
        for name in Policy.grantableVariables where !["logLevel", "skip_dropin"].contains(name) {
            let setting = try #require(AgentSettings.all.first { $0.name == name })
            #expect(!setting.isSecret)
            #expect(!["a path", "a text"].contains(setting.expectation), "\(name): \(setting.expectation)")
        }
        #expect(Policy.usualVariables.isSubset(of: Policy.grantableVariables))
    }

    // MARK: The file

    private func load(_ directory: TemporaryDirectory) -> PolicyError.Code? {
        do throws(PolicyError) {
            _ = try Policy.load(directory.path)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func readsTheFile() throws {
        let directory = try TemporaryDirectory()
        #expect(try Policy.load(directory.path) == .unlimited)
        let path = "\(directory.path)/policy.json"
        try Files.write(#"{"comment": "ours", "projects": ["DEMO"]}"#.utf8, to: path, permissions: 0o644)
        let policy = try Policy.load(directory.path)
        #expect(policy.path == path)
        #expect(policy.refusal(ofProject: "X") != nil)
        for permissions: UInt32 in [0o666, 0o620, 0o602] {
            try Files.write("{}".utf8, to: path, permissions: permissions)
            #expect(load(directory) == .unguarded)
        }
        try Files.remove(path)
        try Files.makeDirectory(path)
        #expect(load(directory) == .unguarded)
    }

    @Test func requestsAreSpread() async {
        let waited = Waits()
        let pace = RequestPace(requestsPerMinute: 30, clock: waited, elapsed: { .seconds(100) })
        for host in ["a", "a", "b", "a"] { await pace.wait(host) }
        #expect(waited.all == [.seconds(2), .seconds(4)])
    }
}
