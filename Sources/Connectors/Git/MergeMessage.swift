/// Finds the name of the merged branch in the message of a merge.
enum MergeMessage {
    /// The branch, by the first form that fits; `nil` when none does.
    ///
    /// Matching starts at the beginning of the message. The forms of git, GitLab, Bitbucket and TFS come first, then
    /// those of GitHub and of remote-tracking branches with a full name.
    static func branch(in message: String) -> String? {
        let bytes = message.utf8.prefix { $0 != UInt8(ascii: "\n") }
        let line = message[..<bytes.endIndex]
        return quoted(in: line, after: "Merge branch '")
            ?? quoted(in: line, after: "Merge remote-tracking branch 'origin/")
            ?? quoted(in: line, after: "Merge remote-tracking branch 'refs/remotes/origin/")
            ?? quoted(in: line, after: "Merge remote-tracking branch 'remotes/origin/")
            ?? pullRequest(message[...])
            ?? issueKey(message[...])
            ?? arrow(message[...])
            ?? gitHubPullRequest(line)
    }

    /// The text up to the next apostrophe behind the last occurrence of `opening` that starts a word.
    private static func quoted(in line: Substring, after opening: String) -> String? {
        // A history has many merges, and bytes are found far sooner than characters.
        let bytes = line.utf8
        for start in bytes.indices.reversed() where bytes[start...].starts(with: opening.utf8) {
            if let before = line[..<start].last, isWord(before) { continue }
            let text = bytes[start...].dropFirst(opening.utf8.count)
            if let end = text.firstIndex(of: UInt8(ascii: "'")), end != text.startIndex {
                return String(line[text.startIndex..<end])
            }
        }
        return nil
    }

    /// `Merge pull request 12 from feature/x into master`
    private static func pullRequest(_ message: Substring) -> String? {
        guard let numbered = message.dropping("Merge pull request ") else { return nil }
        let number = numbered.prefix(while: isDigit)
        guard !number.isEmpty, let from = numbered.dropFirst(number.count).dropping(" from ") else { return nil }
        let word = from.prefix { !$0.isWhitespace }
        guard !word.isEmpty, let into = from.dropFirst(word.count).dropping(" into "), let next = into.first,
            !next.isNewline
        else { return nil }
        return String(word)
    }

    /// `ABC123 Merge`
    private static func issueKey(_ message: Substring) -> String? {
        let letters = message.prefix { ("A"..."Z").contains($0) }
        let digits = message.dropFirst(letters.count).prefix(while: isDigit)
        let rest = message.dropFirst(letters.count + digits.count)
        guard letters.count >= 3, !digits.isEmpty, rest.hasPrefix(" Merge") || rest.hasPrefix(" merge") else {
            return nil
        }
        return String(letters + digits)
    }

    /// `Merge feature > master`
    private static func arrow(_ message: Substring) -> String? {
        for start in [message.dropping("Merge "), message] {
            guard let start else { continue }
            let word = start.prefix { !$0.isWhitespace }
            guard !word.isEmpty, let target = start.dropFirst(word.count).dropping(" >") else { continue }
            if target.hasPrefix("master")
                || target.first.map(\.isWhitespace) == true && target.dropFirst().hasPrefix("master")
            {
                return String(word)
            }
        }
        return nil
    }

    /// `Merge pull request #12 from owner/branch`
    private static func gitHubPullRequest(_ line: Substring) -> String? {
        guard let numbered = line.dropping("Merge pull request #") else { return nil }
        let number = numbered.prefix(while: isDigit)
        guard !number.isEmpty, let from = numbered.dropFirst(number.count).dropping(" from ") else { return nil }
        let word = from.prefix { !$0.isWhitespace }
        guard let slash = word.firstIndex(of: "/") else { return nil }
        let branch = word[word.index(after: slash)...]
        return branch.isEmpty ? nil : String(branch)
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

extension Substring {
    /// What follows `prefix`, if the text begins with it.
    fileprivate func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
