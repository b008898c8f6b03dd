/// A number of bytes, written `512MiB`, `2GB` or `4096`.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    private static let units = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1), ("", 1),
    ]

    package init?(_ text: String) {
        for (unit, size) in Self.units where text.hasSuffix(unit) {
            guard let number = UInt32(text.dropLast(unit.count)) else { continue }
            let (bytes, isTooLarge) = Int(number).multipliedReportingOverflow(by: size)
            guard !isTooLarge else { return nil }
            self.bytes = bytes
            return
        }
        return nil
    }

    /// In the largest binary unit that gives a whole number.
    package var description: String {
        let fitting = Self.units.prefix(4).first { bytes >= $0.1 && bytes % $0.1 == 0 }
        return fitting.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)B"
    }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}
