import Glibc

/// The version of both programs, which are built and released together.
package enum Version {
    /// Semantic versioning, https://semver.org.
    package static let released = "0.1.0"

    /// With the branch and the commit that it was built from, `0.1.0-main-COMMIT`, where a package installed them
    /// beside the program; else the released version alone.
    package static let current = stamp(of: ProcessFacts.executablePath) ?? released

    /// The first line of `share/gathering-PROGRAM/VERSION` beside the `bin` that a program is in. It is sent to
    /// controllers, so that only what begins with the released version and is plain counts.
    /// - Returns: `nil` where there is none.
    static func stamp(of program: String?) -> String? {
        guard let program, let slash = program.lastIndex(of: "/"), program[..<slash].hasSuffix("/bin") else {
            return nil
        }
        let name = program[program.index(after: slash)...]
        let path = "\(program[..<slash].dropLast("/bin".count))/share/gathering-\(name)/VERSION"
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        // A branch's name of 150 bytes, and a commit's of 64.
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }
        let isPlain = line.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                true
            default: ".-+_~/".utf8.contains(byte)
            }
        }
        let text = String(decoding: line, as: UTF8.self)
        return isPlain && text.hasPrefix(released) ? text : nil
    }
}
