import Archives
import Testing

struct Stop: Error, Equatable {}

/// A file for an archive.
struct Sample: Equatable, CustomTestStringConvertible {
    let name: String
    let content: [UInt8]

    init(_ name: String, _ content: [UInt8]) {
        self.name = name
        self.content = content
    }

    init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

    /// Content that compresses somewhat.
    init(_ name: String, size: Int) { self.init(name, Self.noise(size).map { $0 & 0x5F }) }

    /// The same bytes each time, and no pattern that compression could find.
    static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }

    var testDescription: String { "\(name) (\(content.count) bytes)" }
}

let generous = TarReader.Limits(entry: 1 << 30, total: 1 << 30, entries: 100)

func pack(_ files: [Sample]) throws -> [UInt8] {
    var archive: [UInt8] = []
    let attributes = TarWriter.Attributes(permissions: 0o640, user: 12, group: 34, modified: 1_000_000_000)
    var writer = try TarWriter(attributes) { archive += $0 }
    for file in files { try writer.add(file.name, file.content) }
    try writer.finish()
    return archive
}

/// The archive in pieces of this size.
func pieces(of archive: [UInt8], size: Int = 4096) -> () -> [UInt8] {
    var rest = archive[...]
    return {
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }
}

func unpack(_ archive: [UInt8], pieces size: Int = 4096, limits: TarReader.Limits = generous) throws -> [Sample] {
    var reader = try TarReader(limits: limits, input: pieces(of: archive, size: size))
    var files: [Sample] = []
    while let entry = try reader.next() {
        var content: [UInt8] = []
        while true {
            let bytes = try reader.read()
            if bytes.isEmpty { break }
            content += bytes
        }
        files.append(Sample(entry.name, content))
    }
    return files
}
