/// What an agent says of its state directory, by which a copy of it is told from itself.
///
/// The controller counts the registrations of an agent. A directory that knows the latest number, and that chose the word
/// for the next one, is the one in use; a copy falls behind with the first registration of either.
package struct StateLineage: Hashable, Sendable {
    /// How often this directory was registered, as the controller's latest answer said; 0 for a new one.
    package let generation: Int
    /// Chosen at random by the directory for the next registration, and kept until it is answered.
    package let word: String

    /// - Returns: `nil` unless the number is not negative and the word one of 16 to 64 plain characters.
    package init?(generation: Int, word: String) {
        guard generation >= 0, (16...64).contains(word.utf8.count),
            word.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.generation = generation
        self.word = word
    }

    /// The headers by which requests other than registrations say the same. The word is left out unless the directory waits
    /// for the answer to a registration.
    package static let generationHeader = "gathering-generation"
    package static let wordHeader = "gathering-lineage"
}
