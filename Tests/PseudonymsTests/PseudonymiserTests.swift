import ControllerAPI
import Pseudonyms
import Records
import Tables
import Testing

@Suite struct PseudonymiserTests {
    private static let table = TableSchema(
        name: "people", columns: [.personal("developer"), .personal("developer_username"), .text("message")], key: [])

    private func row(_ values: [String?], salt: String, pepper: String, rules: [UsernameRule] = []) throws -> Row {
        let secrets = PseudonymSecrets(Salts(salt: salt, pepper: pepper), usernameRules: rules)
        return try Pseudonymiser(secrets: secrets).row(for: Record(Self.table, values))
    }

    @Test(arguments: [
        ("alice", "b965ac80c865a4b9551742b3cd56af6ff050e47e4b87eb27d62bbaeab9f8d9ea"),
        ("alice@example.org", "a925a408b1ce205333072e554ea3af8dd6aab0204437fc9aa9fa2ba7a484bedf"),
        ("Zo\u{EB}", "6d84d32be802365e38b1a1790336b902048d4815aa8bb9498d673083470114ec"),
        ("", "33501b58bde95f147f5a411d1b4e6fae2203e8faf9b40ae0e0bc070a6ee57a31"),
        ("jdoe", "b51e326b57f8325a6ed73a0096c34c08aa8d8defc5efb19513a135ebc6950383"),
    ])
    func hashesSaltValueAndPepper(value: String, pseudonym: String) throws {
        let row = try row([value, nil, "kept"], salt: "saltA", pepper: "pepperB")
        #expect(row.values == [pseudonym, nil, "kept"])
        #expect(row.protection == .pseudonymised)
    }

    /// Rules of a directory service and of mail addresses: (column, value, pseudonym).
    @Test(arguments: [
        (0, "CORP\\Kim", "b29d09bd4e9186331575f3fcdd71cb556cdbe8e5148bd1e6645800d846e97001"),
        (1, "CORP\\Kim", "fe789a1e89e481cbfc7e21b5605252dd5734615f809d8a03de0d3862c3c56ea9"),
        (1, "sam@mail.example", "96600cca0d6f1cb254834ba3d1260a3f21fa81cf3b256156b9c060bccd7a37f4"),
        (0, "sam@mail.example", "6dbc6142a5858527d503f142bba9ef077f1edf2660dc1ebcd93f940a61aff8cb"),
        (1, "plain", "452b78f85b5b6f6a05c6ba0b793d5ec5512a0840388895d86189b0d1768976a3"),
        (0, "\u{C5}sa", "8a3e916b746ba94fd7d6c506de9df2b035023cfb7f13606227ad86a28cee8596"),
        (0, "", "f28a7441c5624a3529a2468eb9e858990a85cda0d35640315a3209b2f70e4300"),
        (1, "0", "0"),
        (0, "0", "0"),
    ])
    func rewritesAccountNamesOnly(column: Int, value: String, pseudonym: String) throws {
        let rules = [
            UsernameRule(prefix: "CORP\\", mutate: .lower),
            UsernameRule(prefix: "%@mail.example", pattern: "([a-z]+)@mail[.]example", replace: "$1"),
        ]
        var values: [String?] = ["0", "0", ""]
        values[column] = value
        let row = try row(values, salt: "s4lt", pepper: "p3pp3r", rules: rules)
        #expect(row.values[column] == pseudonym)
    }

    @Test func withoutSecretsValuesStayAndTheRowSaysSo() throws {
        let row = try Pseudonymiser(secrets: nil).row(for: Record(Self.table, ["alice", nil, ""]))
        #expect(row.values[0] == "alice")
        #expect(row.protection == .none)
    }
}
