internal import FoundationEssentials

/// The answer of `POST /_bulk`: one item for each action, in the order of the request
/// (https://docs.opensearch.org/latest/api-reference/document-apis/bulk/).
struct BulkAnswer: Decodable {
    struct Item: Decodable {
        struct Result: Decodable {
            struct Fault: Decodable {
                let type: String?
            }

            let status: Int
            let error: Fault?
        }

        let index: Result
    }

    /// Whether any action failed.
    let errors: Bool
    let items: [Item]

    init(json: [UInt8]) throws { self = try JSONDecoder().decode(BulkAnswer.self, from: Data(json)) }
}
