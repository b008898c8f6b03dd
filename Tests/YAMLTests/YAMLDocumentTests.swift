import JSONValues
import Testing
import YAML

@Suite struct YAMLDocumentTests {
    private func value(_ text: String) throws -> JSONValue { try YAMLDocument(Array(text.utf8)).whole }

    @Test func readsWhatPeopleWriteByHand() throws {
        let document = try YAMLDocument(
            Array("# plan\nname: 'it''s'\nteams:\n  Één: [A, \"B\\u00e9\"]\n  B:\n  - ~\n  - 'null'\nempty:\n".utf8))
        #expect(
            document.whole
                == .object([
                    "name": .text("it's"), "empty": .null,
                    "teams": .object([
                        "Één": .array([.text("A"), .text("Bé")]), "B": .array([.null, .text("null")]),
                    ]),
                ]))
        #expect(document.lines == ["$.name": 2, "$.teams": 3, "$.teams.Één": 4, "$.teams.B": 5, "$.empty": 8])
    }

    @Test func followsAliases() throws {
        #expect(try value("a: &x [1]\nb: *x\n")["b"] == .array([.text("1")]))
    }

    @Test(arguments: ["", "# nothing\n", "---\n"])
    func isNothingWhereThereIsNothing(text: String) throws {
        #expect(try value(text) == .null)
    }

    @Test(arguments: [
        ("a: 'b\n", YAMLError.Code.malformed, 2), ("a: b\n\tc: d\n", .malformed, 2), ("a: b: c\n", .malformed, 1),
        ("a: [b\n", .malformed, 2), ("a: *b\n", .malformed, 1), ("a: 1\nb: 2\na: 3\n", .repeatedName, 3),
        ("a: 1\n[b]: 2\n", .badName, 2), ("a: 1\n---\nb: 2\n", .malformed, 2), ("&a [*a]\n", .tooLarge, 1),
    ])
    func namesTheLineOfAFault(text: String, code: YAMLError.Code, line: Int) throws {
        let error = try #require(throws: YAMLError.self) { _ = try value(text) }
        #expect(error.code == code && error.line == line, "\(error) at \(error.line)")
    }

    @Test func aFewAnchorsMakeNoHeap() throws {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let error = try #require(throws: YAMLError.self) { _ = try value(text) }
        #expect(error.code == .tooLarge)
    }

    @Test func refusesBytesThatAreNoText() throws {
        let error = try #require(throws: YAMLError.self) { _ = try YAMLDocument([0x61, 0x3A, 0x20, 0xFF, 0x0A]) }
        #expect(error.code == .malformed)
    }
}
