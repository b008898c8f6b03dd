import Testing

@testable import ControllerAPI

@Suite struct StructuredFieldTests {
    @Test(arguments: [
        ("a=1", StructuredField.Item.integer(1)), ("a=-999999999999999", .integer(-999_999_999_999_999)),
        ("a=\"x \\\"y\\\\\"", .string("x \"y\\")), ("a=tok/en:1", .token("tok/en:1")), ("a=*", .token("*")),
        ("a=:AQI=:", .bytes([1, 2])), ("a=::", .bytes([])), ("a=?0", .boolean(false)), ("a", .boolean(true)),
    ])
    func readsAndWritesItems(text: String, item: StructuredField.Item) {
        let members = StructuredField.dictionary(text)
        #expect(members == ["a": .item(.init(item: item, parameters: []))])
        if text.count > 1 { #expect("a=\(item.serialized)" == text) }
    }

    @Test func readsListsAndParameters() {
        let members = StructuredField.dictionary(" x=( \"a\";p  b );q=1; r ,\ty=();s=?0")
        #expect(
            members == [
                "x": .list(
                    [
                        .init(item: .string("a"), parameters: [.init(name: "p", value: .boolean(true))]),
                        .init(item: .token("b"), parameters: []),
                    ],
                    [.init(name: "q", value: .integer(1)), .init(name: "r", value: .boolean(true))]),
                "y": .list([], [.init(name: "s", value: .boolean(false))]),
            ])
    }

    @Test func anEmptyFieldIsAnEmptyDictionary() { #expect(StructuredField.dictionary("  ") == [:]) }

    @Test(arguments: [
        ",", "a=", "a=1,", "a=1 b=2", "a=1,,b=2", "A=1", "1=1", "a=\"", "a=\"\\x\"", "a=\"\u{E9}\"", "a=:AQI:",
        "a=:AQI=",
        "a=?2", "a=1.5", "a=1234567890123456", "a=-", "a=(1", "a=(1\"b\")", "a=(1,2)", "a=1;", "a=1;B", "a=1;b=",
        "a=1;b;b",
        "a=@", "a=1, a=2", "a= 1", "a =1",
    ])
    func refusesWhatIsNoDictionary(text: String) { #expect(StructuredField.dictionary(text) == nil) }
}
