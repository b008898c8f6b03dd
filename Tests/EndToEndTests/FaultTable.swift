import Files

/// The table of faults in `Documentation/exit-codes.md`.
enum FaultTable {
    struct Row: Sendable, CustomStringConvertible {
        let fault: String
        /// The words of the command behind `agent`.
        let command: [String]
        let code: Int32
        /// What the output has to hold.
        let fragments: [String]
        var description: String { fault }
    }

    static let rows: [Row] = {
        do {
            return try read()
        } catch {
            return []
        }
    }()

    private static func read() throws -> [Row] {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let page = String(decoding: try Files.read("\(root)/Documentation/exit-codes.md"), as: UTF8.self)
        let lines = page.split(separator: "\n").drop { !$0.hasPrefix("| fault |") }.dropFirst(2)
        return lines.prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.split(separator: " ").joined(separator: " ") }
            let code = cells.map { $0.filter { $0 != "`" } }
            return Row(
                fault: cells[0], command: code[1].split(separator: " ").dropFirst().map(String.init),
                code: Int32(cells[2]) ?? -1,
                fragments: (code[3] + "…" + code[4]).split(separator: "…").map(String.init))
        }
    }
}
