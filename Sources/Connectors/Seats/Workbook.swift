import Archives
import XML

/// A workbook in the form of Office Open XML (ECMA-376): a zip archive of XML documents.
struct Workbook {
    /// Why a workbook cannot be read. No value of it is part of the text.
    struct Problem: Error, CustomStringConvertible {
        let path: String
        let problem: String
        var description: String { "\(path): \(problem)" }
    }

    private let path: String
    private let archive: ZipArchive

    init(_ content: [UInt8], path: String) throws {
        self.path = path
        guard !content.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            throw Problem(
                path: path, problem: "expected a workbook of the form .xlsx, found the older .xls; save it as .xlsx")
        }
        do {
            archive = try ZipArchive(content, limit: 256 << 20)
        } catch {
            throw Problem(path: path, problem: "expected a workbook of the form .xlsx, found something else (\(error))")
        }
    }

    /// The cells of a sheet by row and column, both from 0; days of the calendar from 1904 are counted as the others.
    func cells(of sheet: String) throws -> [Int: [Int: CellValue]] {
        let (file, starts1904) = try file(of: sheet)
        let texts = try sharedTexts()
        var rows: [Int: [Int: CellValue]] = [:]
        var place: (row: Int, column: Int)?
        var kind = "n"
        var value = ""
        var isInValue = false
        var row = -1
        var column = -1
        try walk(file) { event in
            switch event {
            case .start(let name, let attributes):
                switch Self.local(name) {
                case "row":
                    row = attributes["r"].flatMap { Int($0) }.map { $0 - 1 } ?? row + 1
                    column = -1
                case "c":
                    place = attributes["r"].flatMap(Self.place) ?? (row, column + 1)
                    column = place?.column ?? column
                    kind = attributes["t"] ?? "n"
                    value = ""
                case "v", "t": isInValue = true
                default: break
                }
            case .text(let text): if isInValue { value += text }
            case .end(let name):
                switch Self.local(name) {
                case "v", "t": isInValue = false
                case "c":
                    if let place, let cell = Self.cell(kind, value, texts, starts1904 && place.row == 0) {
                        rows[place.row, default: [:]][place.column] = cell
                    }
                default: break
                }
            }
        }
        return rows
    }

    private static func cell(_ kind: String, _ value: String, _ texts: [String], _ starts1904: Bool) -> CellValue? {
        switch kind {
        case "s": Int(value).flatMap { texts.indices.contains($0) ? .text(texts[$0]) : nil }
        case "n": Double(value).map { .number(starts1904 ? $0 + 1462 : $0) }
        case "str", "inlineStr": .text(value)
        default: nil
        }
    }

    /// `AB12` as row 11, column 27.
    private static func place(_ text: String) -> (row: Int, column: Int)? {
        let letters = text.utf8.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard !letters.isEmpty, letters.count <= 3, let row = Int(text.dropFirst(letters.count)), row > 0 else {
            return nil
        }
        return (row - 1, letters.reduce(0) { $0 * 26 + Int($1) - 64 } - 1)
    }

    /// The document of a sheet, and whether its days are counted from 1904.
    private func file(of sheet: String) throws -> (String, Bool) {
        var identifier: String?
        var starts1904 = false
        try walk("xl/workbook.xml") { event in
            guard case .start(let name, let attributes) = event else { return }
            if Self.local(name) == "workbookPr", ["1", "true"].contains(attributes["date1904"] ?? "") {
                starts1904 = true
            }
            guard Self.local(name) == "sheet", attributes["name"] == sheet else { return }
            identifier = attributes.first { Self.local($0.key) == "id" && $0.key.contains(":") }?.value
        }
        guard let identifier else {
            throw Problem(path: path, problem: "expected a sheet with the name that seats.json says, found none")
        }
        var target: String?
        try walk("xl/_rels/workbook.xml.rels") { event in
            guard case .start(_, let attributes) = event, attributes["Id"] == identifier else { return }
            target = attributes["Target"]
        }
        guard let target else { throw Problem(path: path, problem: "expected the place of the sheet, found none") }
        return (target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)", starts1904)
    }

    private func sharedTexts() throws -> [String] {
        let name = "xl/sharedStrings.xml"
        guard archive.has(name) else { return [] }
        var texts: [String] = []
        var isInText = false
        var isPhonetic = false
        try walk(name) { event in
            switch event {
            case .start(let name, _):
                switch Self.local(name) {
                case "si": texts.append("")
                case "t": isInText = true
                case "rPh": isPhonetic = true
                default: break
                }
            case .text(let text): if isInText, !isPhonetic, !texts.isEmpty { texts[texts.count - 1] += text }
            case .end(let name):
                if Self.local(name) == "t" { isInText = false }
                if Self.local(name) == "rPh" { isPhonetic = false }
            }
        }
        return texts
    }

    private func walk(_ name: String, _ handle: (XMLEvent) -> Void) throws {
        guard let content = try archive.content(of: name) else {
            throw Problem(path: path, problem: "expected \(name) in the workbook, found none")
        }
        var rest = content[...]
        let reader = try XMLReader(name) { buffer in
            let count = min(buffer.count, rest.count)
            buffer.replaceSubrange(0..<count, with: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        while let event = try reader.next() { handle(event) }
    }

    /// A name without its prefix.
    private static func local(_ name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
