/// The rules for full names of refs (`git help check-ref-format`): what a server says is not taken on trust, since
/// names become lines of a file and, for Git, paths.
enum RefName {
    /// Whether it is a branch or a tag with a name that Git itself would accept.
    static func isBranchOrTag(_ name: some Collection<UInt8>) -> Bool {
        (name.starts(with: "refs/heads/".utf8) || name.starts(with: "refs/tags/".utf8)) && isValid(name)
    }

    static func isTag(_ name: some Collection<UInt8>) -> Bool { name.starts(with: "refs/tags/".utf8) }

    private static func isValid(_ name: some Collection<UInt8>) -> Bool {
        var before: UInt8 = 0
        for byte in name {
            switch (before, byte) {
            case (_, 0...0x20), (_, 0x7F), (_, UInt8(ascii: "~")), (_, UInt8(ascii: "^")), (_, UInt8(ascii: ":")),
                (_, UInt8(ascii: "?")), (_, UInt8(ascii: "*")), (_, UInt8(ascii: "[")), (_, UInt8(ascii: "\\")),
                (UInt8(ascii: "."), UInt8(ascii: ".")), (UInt8(ascii: "@"), UInt8(ascii: "{")):
                return false
            default: before = byte
            }
        }
        return name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != UInt8(ascii: ".") && !part.suffix(5).elementsEqual(".lock".utf8)
        } && before != UInt8(ascii: ".")
    }
}
