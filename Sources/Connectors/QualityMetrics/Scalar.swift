/// A text, number or truth value as its text; `nil` for null and for anything else.
package struct Scalar: Decodable, Hashable, Sendable {
    package let text: String?

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            text = try container.decode(String.self)
            return
        } catch DecodingError.typeMismatch {} catch DecodingError.valueNotFound {}
        do {
            let number = try container.decode(Double.self)
            text = number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : String(number)
            return
        } catch DecodingError.typeMismatch {} catch DecodingError.valueNotFound {}
        do {
            text = try container.decode(Bool.self) ? "true" : "false"
        } catch is DecodingError {
            text = nil
        }
    }
}
