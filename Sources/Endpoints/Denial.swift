/// An answer other than the wanted one, with a text that says what to do.
struct Denial: Error {
    let status: Int
    let text: String
    /// After how many seconds the same may be asked again.
    let retryAfter: Int?

    init(_ status: Int, _ text: String, retryAfter: Int? = nil) {
        self.status = status
        self.text = text
        self.retryAfter = retryAfter
    }

    /// Whether somebody asked for what is not theirs.
    var isRefusal: Bool { status == 401 || status == 403 || status == 409 }
}
