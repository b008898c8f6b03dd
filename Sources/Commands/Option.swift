extension Command {
    /// A named part of the command line: a flag, or a value given once or several times.
    package struct Option: Sendable, Equatable {
        package enum Form: Sendable, Equatable {
            case flag
            /// A value; given twice is an error.
            case value(named: String)
            /// A value each time it is given, all of them kept in order.
            case values(named: String)
        }

        /// Without the dashes, e.g. `no-ssh`.
        package let name: String
        /// A one-letter form, without its dash.
        package let letter: Character?
        package let form: Form
        package let accepted: AcceptedValues
        /// One sentence without a full stop.
        package let help: String
        /// What holds when it is not given, for the reader.
        package let fallback: String?
        /// The setting whose value it takes the place of, e.g. `SSH_HOST`.
        package let setting: String?

        private init(
            _ name: String, letter: Character?, form: Form, accepted: AcceptedValues, help: String,
            fallback: String?, setting: String?
        ) {
            self.name = name
            self.letter = letter
            self.form = form
            self.accepted = accepted
            self.help = help
            self.fallback = fallback
            self.setting = setting
        }

        package static func flag(_ name: String, letter: Character? = nil, help: String) -> Option {
            Option(name, letter: letter, form: .flag, accepted: .text, help: help, fallback: nil, setting: nil)
        }

        package static func value(
            _ name: String, letter: Character? = nil, named value: String, accepting accepted: AcceptedValues = .text,
            help: String, fallback: String? = nil, setting: String? = nil
        ) -> Option {
            Option(
                name, letter: letter, form: .value(named: value), accepted: accepted, help: help, fallback: fallback,
                setting: setting)
        }

        package static func values(
            _ name: String, letter: Character? = nil, named value: String, accepting accepted: AcceptedValues = .text,
            help: String, fallback: String? = nil
        ) -> Option {
            Option(
                name, letter: letter, form: .values(named: value), accepted: accepted, help: help, fallback: fallback,
                setting: nil)
        }

        /// The name of its value; `nil` for a flag.
        package var valueName: String? {
            switch form {
            case .flag: nil
            case .value(let name), .values(let name): name
            }
        }

        /// As typed: `-s` and `--since`.
        package var spellings: [String] { (letter.map { ["-\($0)"] } ?? []) + ["--\(name)"] }
    }

    /// A word whose place gives its meaning.
    package struct Argument: Sendable, Equatable {
        package enum Occurrence: Sendable, Equatable { case once, optional, any, several }

        /// In capitals, e.g. `PROJECT`.
        package let name: String
        package let occurrence: Occurrence
        package let accepted: AcceptedValues
        package let help: String

        package init(
            _ name: String, _ occurrence: Occurrence = .once, accepting accepted: AcceptedValues = .text, help: String
        ) {
            self.name = name
            self.occurrence = occurrence
            self.accepted = accepted
            self.help = help
        }

        package var isRequired: Bool { occurrence == .once || occurrence == .several }
        package var takesSeveral: Bool { occurrence == .any || occurrence == .several }
    }

    /// Which words a value may be; completions offer what it names.
    package enum AcceptedValues: Sendable, Equatable {
        case text
        case choice([String])
        case integer(ClosedRange<Int>)
        case file
        case directory

        func admits(_ word: String) -> Bool {
            switch self {
            case .text: true
            case .choice(let words): words.contains(word)
            case .integer(let range): Int(word).map(range.contains) ?? false
            case .file, .directory: !word.isEmpty
            }
        }

        /// What was expected, for an error.
        var expectation: String {
            switch self {
            case .text: "a text"
            case .choice(let words): words.count > 1 ? "one of \(words.joined(separator: ", "))" : words.joined()
            case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .file: "the path of a file"
            case .directory: "the path of a directory"
            }
        }
    }
}
