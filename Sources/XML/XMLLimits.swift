/// How much of a document is borne. What goes beyond ends the reading with an error.
package struct XMLLimits: Sendable {
    /// Elements inside each other.
    package var depth: Int
    /// Bytes of one text.
    package var textSize: Int
    /// Bytes of one tag with its attributes, or of a comment.
    package var tagSize: Int

    /// - Parameters:
    ///   - depth: the formats that we read use fewer than ten levels.
    ///   - textSize: 16 MiB is far more than any message a person wrote, and little enough to hold in memory.
    ///   - tagSize: a megabyte, since the parser looks at an unfinished tag again whenever more of it has come.
    package init(depth: Int = 64, textSize: Int = 16 << 20, tagSize: Int = 1 << 20) {
        self.depth = depth
        self.textSize = textSize
        self.tagSize = tagSize
    }
}
