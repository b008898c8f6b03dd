import Gathering
import Runs

/// What a run would deliver now. Times are seconds.
struct PreviewReport: Encodable {
    /// What becomes of a field.
    enum Fate: String, Encodable {
        /// It leaves as the source has it.
        case kept
        /// It leaves as a pseudonym.
        case pseudonym
        /// It leaves without what looks personal in it.
        case scrubbed
        /// It does not leave: the policy keeps it back.
        case withheld
        /// It is personal, and there are no secrets to make pseudonyms with: a table with it is never sealed.
        case clear
    }

    struct Field: Encodable {
        let name: String
        let fate: Fate
        /// As the source has it, in some rows; only where that was asked for. `null` where the row has no such member.
        let before: [String?]?
        /// As it would leave, in the same rows.
        let after: [String?]
    }

    struct Table: Encodable {
        let name: String
        let file: String
        let leaves: Bool
        /// Rows that would leave; of a table that does not leave, the rows that there are.
        let rows: Int
        let bytes: Int
        let fields: [Field]
    }

    struct Source: Encodable {
        let name: String
        let outcome: RunResult.Outcome
        let problems: [String]
        let seconds: Double

        init(_ outcome: SourceOutcome) {
            name = outcome.source
            seconds = (outcome.duration / .milliseconds(1)).rounded() / 1000
            (self.outcome, problems) =
                switch outcome.state {
                case .complete: (.complete, [])
                case .partial(let gaps): (.partial, gaps)
                case .failed(let reason): (.failed, [reason])
                case .refused(let reason): (.failed, ["refused: \(reason)"])
                }
        }
    }

    struct Requests: Encodable {
        let count: Int
        /// Of the answers.
        let bytes: Int
    }

    struct Bundle: Encodable {
        let bytes: Int
        /// Whether that is the size of a sealed bundle, or of the tables as they are.
        let isSealed: Bool
    }

    let project: String
    /// The file that limits what leaves; `nil` where there is none.
    var policy: String?
    /// Why a run could not begin now; `nil` where it could.
    var hindrance: String?
    /// Whether there are secrets to make pseudonyms with.
    var isPseudonymised = false
    var tables: [Table] = []
    /// All files of the bundle but its manifest.
    var files: [String] = []
    var sources: [Source] = []
    /// Those to web APIs that the preview made; `git` and `svn` make their own.
    var requests = Requests(count: 0, bytes: 0)
    var bundle = Bundle(bytes: 0, isSealed: false)

    init(project: String) { self.project = project }
}
