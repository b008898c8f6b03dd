import FoundationEssentials
import JSONValues
import Testing

/// Each text gives what `JSONDecoder` gives, or an error of the same kind at the same place.
@Suite struct JSONNodeDecoderTests {
    private struct Part: Codable, Equatable {
        let number: Int
        let text: String?
        let flag: Bool?
    }

    private struct Whole: Codable, Equatable {
        let parts: [Part]?
        let byName: [String: Double]?
        let small: UInt8?
        let pairs: [[Int]]?
    }

    /// What came, in words.
    private func outcome<Value: Equatable & Codable>(_ body: () throws -> Value) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(body()), as: UTF8.self)
        } catch let error as DecodingError {
            return Self.words(error)
        } catch {
            return "another error"
        }
    }

    private static func words(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        }
        switch error {
        case .keyNotFound(let key, let context): return "no \(key.stringValue) at \(path(context))"
        case .typeMismatch(_, let context): return "another type at \(path(context))"
        case .valueNotFound(_, let context): return "null at \(path(context))"
        case .dataCorrupted: return "another form"
        @unknown default: return "another fault"
        }
    }

    @Test(arguments: [
        "{}", #"{"parts": null}"#, #"{"parts": [{"number": 1, "text": "a", "flag": false}, {"number": 2.0}]}"#,
        #"{"parts": [{"number": 1}, {"text": "a"}]}"#, #"{"parts": [{"number": "1"}]}"#,
        #"{"parts": [{"number": null}]}"#,
        #"{"parts": [{"number": 1.5}]}"#, #"{"parts": [{"number": 18446744073709551616}]}"#, #"{"parts": {}}"#,
        #"{"parts": [[]]}"#, #"{"byName": {"a": 1, "b": 2.5}}"#, #"{"byName": {"a": "1"}}"#,
        #"{"byName": {"a": null}}"#,
        #"{"small": 255}"#, #"{"small": 256}"#, #"{"small": -1}"#, #"{"pairs": [[1, 2], [], [3]]}"#,
        #"{"pairs": [[1, true]]}"#, #"{"parts": [{"number": 1, "flag": 1}]}"#, "[]", "3", "null",
        #"{"unknown": {"parts": 3}, "small": 1}"#,
    ])
    func decodesAsTheStandardDecoderDoes(text: String) throws {
        let bytes = Array(text.utf8)
        let standard = outcome { try JSONDecoder().decode(Whole.self, from: Data(bytes)) }
        #expect(outcome { try JSONNodeDecoder.decode(Whole.self, from: JSONNode(bytes)) } == standard)
    }

    /// Whoever cannot use an entry may take it as something else.
    private struct Either: Decodable {
        let words: [String]

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            var words: [String] = []
            while !container.isAtEnd {
                do {
                    words.append(try container.decode(String.self))
                } catch DecodingError.typeMismatch {
                    words.append("\(try container.decode(Int.self))")
                }
            }
            self.words = words
        }
    }

    @Test func staysAtAnEntryThatWasOfAnotherType() throws {
        let node = try JSONNode(Array(#"["a", 1, "b"]"#.utf8))
        #expect(try JSONNodeDecoder.decode(Either.self, from: node).words == ["a", "1", "b"])
    }
}
