import Tables
import Testing

@Suite struct PersonalColumnsTests {
    /// Whoever adds a table and forgets it lets people leave in the clear.
    @Test func everyColumnThatSaysWhoSomebodyIsIsPersonal() {
        let people: Set = [
            "assignee", "author", "closed_by", "committer", "creator", "developer", "display_name", "email", "owner",
            "reporter", "requester", "reviewer", "tagger", "updated_by", "updater", "user", "username",
        ]
        for schema in TableSchema.catalogue {
            for column in schema.columns where !column.isPersonal {
                let parts = column.name.split(separator: "_").map(String.init)
                let isPerson =
                    people.contains(column.name) || parts.last.map { ["email", "username"].contains($0) } == true
                #expect(!isPerson, "\(schema.name).\(column.name)")
            }
        }
    }
}
