import QualityMetrics

/// The answers of SonarQube's web API, as far as they matter here; what may be null or missing is optional.
struct ComponentsAnswer: Decodable {
    struct Paging: Decodable { let total: Int? }
    struct Organization: Decodable { let name: String? }

    let paging: Paging?
    let organizations: [Organization]?
    let components: [Component]
}

struct Component: Decodable {
    let key: String
    let name: String?
}

struct ComponentAnswer: Decodable { let component: Component }

struct NavigationAnswer: Decodable {
    struct Platform: Decodable {
        let key: String?
        let url: String?
    }

    let name: String?
    let alm: Platform?
}

struct MetricsAnswer: Decodable {
    let metrics: [MetricKind]
    let total: Int?
}

struct MetricKind: Decodable {
    let key: String
    let type: String?
    let direction: Int?
    let qualitative: Bool?
    let hidden: Bool?

    /// Whether it tells how good something is; newer servers do not say it of every metric.
    var isOfInterest: Bool { hidden != true && qualitative != false }

    /// The row of the metric in the server's model.
    var target: TargetLedger.Target {
        var target = ["base_name": key, "direction": direction == 1 ? "1" : "-1"]
        switch type {
        case "INT": target["scale"] = "count"
        case "PERCENT": target["scale"] = "percentage"
        case "WORK_DUR":
            target["scale"] = "duration"
            target["direction"] = "-1"
            target["perfect_value"] = "0"
        case "RATING":
            target["scale"] = "rating"
            target["direction"] = "-1"
            target["perfect_value"] = "1"
        default: break
        }
        return target
    }
}

struct GateAnswer: Decodable {
    struct Gate: Decodable {
        let name: String
        let isDefault: Bool?

        private enum CodingKeys: String, CodingKey {
            case name
            case isDefault = "default"
        }
    }

    let qualityGate: Gate?
}

struct GateConditions: Decodable {
    struct Condition: Decodable {
        let metric: String
        let error: Scalar?
    }

    let conditions: [Condition]?
}

struct HistoryAnswer: Decodable {
    struct Measure: Decodable {
        struct Entry: Decodable {
            let date: String
            let value: Scalar?
        }

        let metric: String
        let history: [Entry]?
    }

    let paging: ComponentsAnswer.Paging?
    let measures: [Measure]?
}
