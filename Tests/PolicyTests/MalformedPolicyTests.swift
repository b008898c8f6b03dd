import Commands
import Policy
import SourceSettings
import Tables
import Testing

/// What is wrong with a policy is told with its place, what is expected there and what to do, all together.
@Suite struct MalformedPolicyTests {
    private func faults(_ json: String) -> [String] {
        do throws(PolicyError) {
            _ = try Policy(json: Array(json.utf8), path: "policy.json")
            return []
        } catch {
            #expect(error.exitCode == .usage && error.code == .malformed)
            return error.faults.map(\.description)
        }
    }

    @Test(arguments: [
        ("[]", "expected an object, found an empty list. Write {\"NAME\": …}."),
        (
            "{",
            "expected JSON, found something else. 'jq . FILE' and 'python3 -m json.tool FILE' tell the line."
        ),
        (
            #"{"project": ["DEMO"]}"#,
            "project: expected one of $schema, comment, deliveries, fields, hours, networks, projects, rate, sources, "
                + "variables, found a member that is not known. Write projects, or remove it."
        ),
        (
            #"{"networks": {"denied": ["10.1.0.0/8"]}}"#,
            #"networks.denied[0]: expected an address, or a network whose host bits are zero, found "10.1.0.0/8". "#
                + #"Write e.g. "192.0.2.0/24" or "2001:db8::/32"."#
        ),
        (#"{"projects": "DEMO"}"#, #"projects: expected a list, found "DEMO". Put it in brackets."#),
        (
            #"{"projects": ["demo"]}"#,
            #"projects[0]: expected the key of a project, found "demo". Write it as in JIRA_KEY, in capitals."#
        ),
        (
            #"{"hours": [{"from": "1:00", "to": "02:00"}]}"#,
            #"hours[0].from: expected HH:MM from 00:00 to 24:00, found "1:00". Write e.g. "07:30"."#
        ),
        (
            #"{"hours": [{"from": "01:00"}]}"#,
            #"hours[0].to: expected HH:MM from 00:00 to 24:00, found null. Write e.g. "07:30"."#
        ),
        (
            #"{"hours": [{"days": ["sun", "Mo"], "from": "01:00", "to": "02:00"}]}"#,
            #"hours[0].days[1]: expected one of mon, tue, wed, thu, fri, sat, sun, found "Mo". Write three small letters."#
        ),
        (
            #"{"rate": {"runs": 0, "within": "1d"}}"#,
            "rate.runs: expected a whole number from 1 to 10000, found 0. Write the number without quotes."
        ),
        (
            #"{"rate": {"runs": 1, "within": "367d"}}"#,
            #"rate.within: expected a time such as 30min, 12h or 7d, of 366d at most, found "367d". Write e.g. "1d"."#
        ),
        (
            #"{"rate": {"requests_per_minute": 1.5}}"#,
            "rate.requests_per_minute: expected a whole number from 1 to 1000000, found 1.5. Write the number without quotes."
        ),
        (
            #"{"fields": {"vcs_version": ["*"]}}"#,
            "fields.vcs_version: expected a table, or * for all others, found none of that name. Write vcs_versions."
        ),
        (
            #"{"fields": {"tag": ["*", "-mesage"]}}"#,
            #"fields.tag[1]: expected a field of the table, *, or -FIELD, found "-mesage". Write message."#
        ),
        (
            #"{"fields": {"tag": ["*", "message"]}}"#,
            "fields.tag: expected fields, or * with those left out as -FIELD, found a list. "
                + "Write either [\"FIELD\", …] or [\"*\", \"-FIELD\", …]."
        ),
        (
            #"{"fields": {"tag": ["*", "-tag_name"]}}"#,
            "fields.tag: expected the fields that tell rows apart: repo_name, tag_name, found tag_name left out. "
                + "Permit it, or write [] to keep the whole table."
        ),
        (
            #"{"sources": [{"hosts": ["https://git.example/"]}]}"#,
            "sources[0].hosts[0]: expected HOST, *.DOMAIN or *, with :PORT if need be, found \"https://git.example/\". "
                + "Write the host alone, without https://."
        ),
        (
            #"{"sources": [{}, {"paths": ["/a/../b"]}]}"#,
            "sources[1].paths[0]: expected a path that begins with / and has neither . nor .. in it, found \"/a/../b\". "
                + "Write e.g. \"/group\"."
        ),
        (
            #"{"variables": ["SSH_HOST"]}"#,
            "variables[0]: expected one of AGENT_LOGGING, LOG_LEVEL, RATE_LIMIT_SHARE, cleanupRepos, logLevel, skip_dropin, "
                + "found \"SSH_HOST\". Remove it: all else is never the controller's to set."
        ),
    ]) func aWrongFileIsNoPolicy(json: String, fault: String) {
        #expect(faults(json) == [fault])
    }

    @Test func theTypesOfSourcesAreKnown() throws {
        let found = faults(#"{"sources": [{"types": ["gitt"]}]}"#)
        #expect(found.count == 1 && found.first?.hasSuffix("found \"gitt\". Write git.") == true, "\(found)")
        let all = SourceKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        #expect(faults("{\"sources\": [{\"types\": [\(all)]}]}") == [])
    }

    @Test func allThatIsWrongIsToldTogether() throws {
        let json = #"{"x": 1, "sources": [{"paths": ["a"], "hosts": ["/"]}], "variables": ["SSH_HOST"], "rate": 3}"#
        let error = #expect(throws: PolicyError.self) { _ = try Policy(json: Array(json.utf8), path: "/c/policy.json") }
        #expect(
            error?.faults.map(\.place) == ["x", "sources[0].hosts[0]", "sources[0].paths[0]", "rate", "variables[0]"])
        #expect(error?.description.hasPrefix("the policy has 5 faults\n  /c/policy.json: x: expected one of ") == true)
    }
}
