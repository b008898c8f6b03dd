import JSONValues
import Testing

@Suite struct JSONNodeTests {
    private func node(_ text: String) throws -> JSONNode { try JSONNode(Array(text.utf8)) }

    @Test func readsEveryKindOfValue() throws {
        let text = #" {"a": "\u00fcber\n\ud83d\ude00", "b": [1, -2.5, true, false, null, {}, []], "": 0} "#
        let node = try node(text)
        #expect(node["a"].plain == "über\n😀")
        #expect(node["b"].entries.map(\.plain) == ["1", "-2.5", nil, nil, nil, nil, nil])
        #expect(node["b"].entries.map(\.flag) == [nil, nil, true, false, nil, nil, nil])
        #expect(node["b"].entries.map(\.isNull) == [false, false, false, false, true, false, false])
        #expect(node["b"].entries.count == 7 && node["a"].list == nil && node["a"].entries.isEmpty)
        #expect(node[""].integer == 0)
        #expect(node["c"].isNull && node["c"]["d"].isNull && node["c"].members == nil)
        #expect(node.members?.map(\.name) == ["a", "b", ""])
    }

    @Test func takesTheFirstOfTwoMembersOfOneName() throws {
        let node = try node(#"{"a": 1, "a": 2}"#)
        #expect(node["a"].integer == 1)
        #expect(node.value == .object(["a": .integer(1)]))
        #expect(try JSONNodeDecoder.decode([String: Int].self, from: node) == ["a": 1])
    }

    @Test func tellsMembersApartByTheirBytes() throws {
        let node = try node(#"{"e\u0301": 1, "é": 2}"#)
        #expect(node["e\u{301}"].integer == 1 && node["\u{e9}"].integer == 2)
    }

    @Test(arguments: [
        ("9223372036854775807", JSONValue.integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("18446744073709551616", .number(0x1p64)),
        ("-9223372036854775809", .number(-0x1p63)), ("1e3", .number(1000)), ("-0", .integer(0)),
        (
            #"["12345678901234567890123\"", 12345678901234567890123]"#,
            .array([.text("12345678901234567890123\""), .number(1.2345678901234568e22)])
        ),
    ])
    func readsLongNumbers(text: String, expected: JSONValue) throws { #expect(try node(text).value == expected) }

    @Test(arguments: [
        ("", JSONError.Code.empty), (" \n", .empty), ("<html>", .malformed), ("{", .malformed), ("[1,]", .malformed),
        (#"{"a" 1}"#, .malformed), ("[1] 2", .malformed), ("nul", .malformed), (#"["a"#, .malformed),
        ("[\"\u{1}\"]", .malformed), ("[1e999]", .badNumber), ("[01]", .badNumber), (#""\ud800""#, .malformed),
    ])
    func refusesWhatIsNoJSON(text: String, code: JSONError.Code) {
        #expect(throws: JSONError.self) { try node(text) }
        do throws(JSONError) {
            _ = try JSONNode(Array(text.utf8))
        } catch {
            #expect(error.code == code, "\(text)")
        }
    }

    @Test func saysWhereATextIsNoUTF8() {
        do throws(JSONError) {
            _ = try JSONNode(Array(#"["über", ""#.utf8) + [0xFF] + Array(#""]"#.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.code == .badText(offset: 11))
            #expect(error.description.contains("at 11"))
        }
    }

    @Test func limitsTheDepth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(try node(nested(500)).value.list?.count == 1)
        do throws(JSONError) {
            _ = try JSONNode(Array(nested(100_000).utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.code == .tooDeep)
        }
    }

    @Test func readsBehindAMarkOfTheByteOrder() throws {
        #expect(try node("\u{feff}[1]").value == .array([.integer(1)]))
    }

    /// Whatever bytes a server sends, there is a value or an error.
    @Test func survivesAnyBytes() {
        let text = Array(#"{"a":[1,-2.5e3,"\u00fc\\",true,null,{"b":18446744073709551616}],"c":"é"}"#.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            do throws(JSONError) {
                _ = try JSONValue(bytes)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
