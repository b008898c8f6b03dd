/// What a client of the older copy protocol asks of the far side: `scp -t` to send files here, `scp -f` to fetch some.
///
/// The command is taken apart here and nowhere given to a shell: quotes and backslashes lose their meaning as marks,
/// braces name several files, and every other sign that a shell would act on is refused.
struct CopyRequest: Equatable {
    enum Direction: Equatable {
        /// `-t`: the client sends files.
        case receive
        /// `-f`: the client fetches files.
        case send
    }

    let direction: Direction
    /// `-d`, or a slash at the end: the target is a directory.
    let needsDirectory: Bool
    /// Relative to the agent's directory, without `.` and `..`; empty is that directory itself. One for `receive`.
    let paths: [String]

    /// Paths that one command may name.
    private static let pathLimit = 512
    /// Bytes of a command; the lists of the reference's agents have about 1,000.
    private static let lengthLimit = 16 << 10

    /// - Returns: `nil` for a command that is not `scp` with the options of the protocol's far side and harmless paths.
    init?(_ command: String) {
        guard command.utf8.count <= Self.lengthLimit, var words = Self.words(command), words.first == "scp" else {
            return nil
        }
        words.removeFirst()
        var direction: Direction?
        var needsDirectory = false
        while let option = words.first, option.hasPrefix("-") {
            words.removeFirst()
            if option == "--" { break }
            guard option.count > 1 else { return nil }
            for letter in option.dropFirst() {
                switch letter {
                case "t", "f":
                    guard direction == nil else { return nil }
                    direction = letter == "t" ? .receive : .send
                case "d": needsDirectory = true
                // Chatter and times are the client's affair; directories are refused one by one.
                case "v", "p", "r", "q": break
                default: return nil
                }
            }
        }
        guard let direction, !words.isEmpty else { return nil }
        var paths: [String] = []
        for word in words {
            guard let expanded = Self.expand(word), paths.count + expanded.count <= Self.pathLimit else { return nil }
            for text in expanded {
                guard let path = Self.path(text) else { return nil }
                paths.append(path)
            }
        }
        guard direction == .send || paths.count == 1 else { return nil }
        self.direction = direction
        self.needsDirectory = needsDirectory || direction == .receive && words[0].hasSuffix("/")
        self.paths = paths
    }

    /// The words of a command; `nil` where a sign would mean more to a shell than itself.
    private static func words(_ command: String) -> [String]? {
        var words: [String] = []
        var word: [Unicode.Scalar]?
        var quote: Unicode.Scalar?
        var isEscaped = false
        for scalar in command.unicodeScalars {
            guard scalar.value >= 0x20, scalar.value != 0x7F else { return nil }
            if isEscaped {
                word = (word ?? []) + [scalar]
                isEscaped = false
            } else if scalar == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if scalar == open { quote = nil } else { word = (word ?? []) + [scalar] }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
                word = word ?? []
            } else if scalar == " " {
                if let end = word { words.append(String(String.UnicodeScalarView(end))) }
                word = nil
            } else {
                guard !";&|<>()$`*?[]!#".unicodeScalars.contains(scalar) else { return nil }
                word = (word ?? []) + [scalar]
            }
        }
        guard quote == nil, !isEscaped else { return nil }
        if let end = word { words.append(String(String.UnicodeScalarView(end))) }
        // Inside quotes these would be harmless to a shell, but no path of ours has them.
        return words.contains { $0.contains("$") || $0.contains("`") || $0.contains("\u{0}") } ? nil : words
    }

    /// `~/x/{a,b}` as its two paths. Lists within lists are not expanded, and so refused.
    private static func expand(_ word: String) -> [String]? {
        guard let open = word.firstIndex(of: "{") else { return word.contains("}") ? nil : [word] }
        guard let close = word[open...].firstIndex(of: "}") else { return nil }
        let head = word[..<open]
        let list = word[word.index(after: open)..<close]
        guard !list.contains("{"), let tails = expand(String(word[word.index(after: close)...])) else { return nil }
        let names = list.split(separator: ",", omittingEmptySubsequences: false)
        guard names.count * tails.count <= pathLimit else { return nil }
        return names.flatMap { name in tails.map { "\(head)\(name)\($0)" } }
    }

    /// A path below the agent's directory; `nil` for one that names its place from elsewhere or climbs.
    private static func path(_ text: String) -> String? {
        var text = text[...]
        if text == "~" || text == "~/" { return "" }
        if text.hasPrefix("~/") { text = text.dropFirst(2) }
        guard !text.hasPrefix("/"), !text.hasPrefix("~") else { return nil }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard parts.allSatisfy({ $0 != ".." && $0.utf8.count <= 255 }) else { return nil }
        return parts.joined(separator: "/")
    }
}
