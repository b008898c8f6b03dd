import ControllerAPI
import Testing

@Suite struct FormFieldsTests {
    @Test func writesAndReadsBack() throws {
        let fields = FormFields(["public_key": "ssh-ed25519 AA+/= Zo\u{EB}", "a&b": "=%\n", "empty": "", "~-._": "*"])
        #expect(fields.body == "public_key=ssh-ed25519+AA%2B%2F%3D+Zo%C3%AB&a%26b=%3D%25%0A&empty=&~-._=%2A")
        #expect(fields.query.hasPrefix("public_key=ssh-ed25519%20AA"))
        #expect(try FormFields(body: Array(fields.body.utf8)) == fields)
        #expect(try FormFields(query: fields.query) == fields)
        #expect(try FormFields(body: []) == FormFields([:]))
    }

    @Test(arguments: [
        "a", "=b", "&", "a=b&", "&a=b", "a=b&&c=d", "a=%", "a=%4", "a=%zz", "a=%FF", "a=%C3", "a=b c", "a=\u{E9}",
        "a=\n", "a=%+1",
    ])
    func refusesBrokenText(text: String) {
        let error = #expect(throws: WireError.self) { try FormFields(body: Array(text.utf8)) }
        #expect(error?.code == .malformed)
    }

    @Test func theFirstEqualsSignSeparates() throws {
        #expect(try FormFields(query: "a=b=c").value("a") == "b=c")
    }

    @Test func refusesMoreThanTheLimits() throws {
        let limits = FormFields.Limits(bytes: 20, fields: 3, nameBytes: 4)
        _ = try FormFields(body: Array("a=1&b=2&c=3".utf8), limits: limits)
        for text in ["a=1&b=2&c=3&d=4", "abcde=1", "a=3456789012345678901"] {
            let error = #expect(throws: WireError.self) { try FormFields(body: Array(text.utf8), limits: limits) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func repeatedNamesAreVisible() throws {
        let fields = try FormFields(query: "project=A&agent=B&project=C")
        #expect(fields.values("project") == ["A", "C"])
        #expect(try fields.value("agent") == "B")
        #expect(try fields.value("other") == nil)
        #expect(throws: WireError(.repeated, "parameter `project`", expected: "one value", found: "2")) {
            try fields.value("project")
        }
        #expect(throws: WireError(.missing, "parameter `other`", expected: "one value", found: "none")) {
            try fields.required("other")
        }
    }

    @Test func anEmptyValueIsNotTheRequiredOne() throws {
        let fields = try FormFields(query: "project=")
        #expect(throws: WireError.self) { try fields.required("project") }
    }
}
