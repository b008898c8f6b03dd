import QualityMetrics

/// The answers of Quality-time's internal API, as far as they matter here; what may be null or missing is optional.
struct ReportsAnswer: Decodable {
    let reports: [Report]
}

struct Report: Decodable {
    let report_uuid: String
    let title: String?
    let timestamp: String?
    let subjects: [String: Subject]?
}

struct Subject: Decodable {
    let name: String?
    /// Whether there is a name at all, be it null.
    let hasName: Bool
    let type: String?
    let metrics: [String: Metric]?

    private enum Member: String, CodingKey { case name, type, metrics }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Member.self)
        hasName = container.contains(.name)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        type = try container.decodeIfPresent(String.self, forKey: .type)
        metrics = try container.decodeIfPresent([String: Metric].self, forKey: .metrics)
    }
}

struct Metric: Decodable {
    let type: String
    let scale: String?
    let target: Scalar?
    let near_target: Scalar?
    let debt_target: Scalar?
    let direction: String?
    let comment: Scalar?
    let sources: [String: MetricSource]?
}

struct MetricSource: Decodable {
    let type: String?
    let parameters: [String: Scalar]?
}

struct DataModel: Decodable {
    struct Kind: Decodable {
        let direction: String?
        let target: Scalar?
        let near_target: Scalar?
        let default_scale: String?
    }

    struct SubjectKind: Decodable {
        let name: String?
    }

    let metrics: [String: Kind]
    let subjects: [String: SubjectKind]?
    let timestamp: String?
}

struct ChangelogAnswer: Decodable {
    let changelog: [Entry]

    struct Entry: Decodable {
        let delta: String?
        let email: String?
        let timestamp: String?
    }
}

struct MeasurementsAnswer: Decodable {
    let measurements: [Measurement]
}

/// A measurement: moments, and a value for each scale.
struct Measurement: Decodable {
    struct Value: Decodable {
        let value: Scalar?
        let status: Scalar?
    }

    /// A text or a value; what is neither is passed over.
    private enum Member: Decodable {
        case text(String)
        case value(Value)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                self = .value(try container.decode(Value.self))
                return
            } catch is DecodingError {}
            do {
                self = .text(try container.decode(String.self))
            } catch is DecodingError {
                self = .other
            }
        }
    }

    let start: String?
    let end: String?
    let values: [String: Value]

    init(from decoder: any Decoder) throws {
        let members = try decoder.singleValueContainer().decode([String: Member].self)
        func text(_ name: String) -> String? { if case .text(let text) = members[name] { text } else { nil } }
        start = text("start")
        end = text("end")
        values = members.compactMapValues { if case .value(let value) = $0 { value } else { nil } }
    }
}
