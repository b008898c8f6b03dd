import Tables

/// Which column of an issue is where among the values of a version.
struct IssueLayout {
    /// How many values a version has.
    let count: Int
    /// Of each field of the mapping.
    let fields: [Int]
    /// Those of the mapping's fields that the history may tell of, by their numbers.
    let told: [Int]
    /// Of each column of the table of issues; `nil` for one that the mapping does not have.
    let issue: [Int?]
    /// Of each column of the table of custom fields behind the key.
    let custom: [Int?]

    /// The columns `changelog_id`, `updated_by`, `rank_change` and `updated`, which the history gives.
    let number: Int
    let author: Int
    let rank: Int
    let updated: Int
    let sprint: Int?
    let attachment: Int?

    init(_ mapping: JiraFields, _ custom: TableSchema?) {
        var places: [String: Int] = [:]
        func place(_ column: String) -> Int {
            let place = places[column] ?? places.count
            places[column] = place
            return place
        }
        fields = mapping.fields.map { place($0.column) }
        told = mapping.fields.indices.filter { mapping.fields[$0].history != nil }
        number = place("changelog_id")
        author = place("updated_by")
        rank = place("rank_change")
        updated = place("updated")
        sprint = places["sprint"]
        attachment = places["attachment"]
        issue = JiraTables.issueColumns.map { places[$0] }
        self.custom = (custom?.columns.dropFirst(4) ?? []).map { places[$0.name] }
        count = places.count
    }
}
