/// An answer other than the wanted one, with a text that says what to do.
struct Denial: Error {
    let status: Int
    let text: String

    init(_ status: Int, _ text: String) {
        self.status = status
        self.text = text
    }
}
