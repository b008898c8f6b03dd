extension TableSchema {
    /// What lists and directories outside of the development systems know.
    package static let administration: [TableSchema] = [.reservation, .seat, .member]

    /// A reservation of a room in Topdesk.
    package static let reservation = TableSchema(
        name: "reservations",
        columns: [
            .text("reservation_id"), .personal("requester"), .integer("number_of_people"), .text("description"),
            .date("start_date"), .date("end_date"), .date("prepare_date"), .date("close_date"),
        ], key: ["reservation_id"], repetition: .replaces)

    /// How many seats a project has in a month, `YYYY-MM`.
    package static let seat = TableSchema(
        name: "seats", columns: [.text("month"), .decimal("seats")], key: ["month"], repetition: .replaces)

    /// A member of a project's group in a directory.
    package static let member = TableSchema(
        name: "ldap", columns: [.personal("name"), .personal("display_name"), .personal("email")], key: ["name"],
        repetition: .replaces)
}
