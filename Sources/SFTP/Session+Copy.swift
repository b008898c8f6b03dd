internal import Files

/// The protocol of `scp` before OpenSSH 9: the far end runs `scp -t` (to) or `scp -f` (from). Each message is a line or
/// a block of data, and is answered by one byte: 0 for good, 1 or 2 and a line for bad.
extension Session {
    /// Longer lines are no messages of `scp`.
    private static let lineLimit = 4096

    func copy(_ files: [LegacyFile], to directory: String) throws(SFTPError) {
        try checkPath(directory)
        for file in files { try checkName(file.name) }
        let channel = try CommandChannel(self, running: "scp -t \(directory)")
        try expectGood(channel, directory)
        for file in files {
            let local = try localFile { () throws(FileError) in try Descriptor(file.path, .readRegular) }
            let size = try localFile { () throws(FileError) in try local.inspect().size }
            try channel.write(Array("C0644 \(size) \(file.name)\n".utf8))
            try expectGood(channel, file.name)
            var left = size
            while left > 0 {
                let bytes = try localFile { () throws(FileError) in try local.read(upTo: min(left, 256 << 10)) }
                guard !bytes.isEmpty else { throw SFTPError(.localFile, file.path, "it became shorter meanwhile") }
                try channel.write(bytes)
                left -= bytes.count
            }
            try channel.write([0])
            try expectGood(channel, file.name)
        }
        let status = try channel.finish()
        guard status == 0 else { throw SFTPError(.refused, directory, "scp ended with status \(status)") }
    }

    /// - Returns: the names of the files that there were.
    func copy(_ names: [String], from directory: String, into local: String, limit: Int) throws(SFTPError) -> [String] {
        try checkPath(directory)
        for name in names { try checkName(name) }
        // The far shell makes several words of it.
        let list = names.count == 1 ? names[0] : "{\(names.joined(separator: ","))}"
        let channel = try CommandChannel(self, running: "scp -f \(directory)/\(list)")
        var received: [String] = []
        try channel.write([0])
        while let line = try message(channel) {
            switch line.first {
            case "C":
                received.append(try receive(line, of: names, channel, into: local, limit: limit))
                try channel.write([0])
            case "\u{1}", "\u{2}":
                // A file that is not there is no failure of the others.
                guard line.contains("No such file or directory") else { throw refusal(line, directory) }
                try channel.write([0])
            default: throw SFTPError(.unusable, directory, "scp sent a message that was not asked for")
            }
        }
        // Its status is that of the worst file; what came is whole.
        _ = try channel.finish()
        return received
    }

    private func receive(
        _ line: String, of names: [String], _ channel: CommandChannel, into local: String, limit: Int
    ) throws(SFTPError) -> String {
        let words = line.split(separator: " ", maxSplits: 2)
        // Only what was asked for: a name is a path on this machine.
        guard words.count == 3, let size = Int(words[1]), size >= 0, names.contains(String(words[2])) else {
            throw SFTPError(.unusable, line.count <= 80 ? line : "file", "scp sent a file that was not asked for")
        }
        let name = String(words[2])
        guard size <= limit else {
            throw SFTPError(.unusable, name, "expected at most \(limit) bytes, found \(size)")
        }
        try channel.write([0])
        var content: [UInt8] = []
        content.reserveCapacity(size)
        while content.count < size {
            let bytes = try channel.read(upTo: size - content.count)
            guard !bytes.isEmpty else { throw SFTPError(.connectionLost, name, "scp ended within the file") }
            content += bytes
        }
        try expectGood(channel, name)
        try localFile { () throws(FileError) in try Files.write(content, to: "\(local)/\(name)", permissions: 0o600) }
        return name
    }

    private func expectGood(_ channel: CommandChannel, _ subject: String) throws(SFTPError) {
        guard let first = try channel.read(upTo: 1).first else {
            throw SFTPError(.noSFTP, server.name, "scp ended before its time")
        }
        guard first != 0 else { return }
        guard first == 1 || first == 2, let line = try message(channel) else {
            throw SFTPError(.noSFTP, server.name, "what answers is not scp")
        }
        throw refusal(line, subject)
    }

    private func message(_ channel: CommandChannel) throws(SFTPError) -> String? {
        var line: [UInt8] = []
        while line.count <= Self.lineLimit {
            guard let byte = try channel.read(upTo: 1).first else {
                guard line.isEmpty else { throw SFTPError(.connectionLost, server.name, "scp ended within a message") }
                return nil
            }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw SFTPError(.noSFTP, server.name, "what answers is not scp")
    }

    /// What `scp` said, without control characters.
    private func refusal(_ line: String, _ subject: String) -> SFTPError {
        let words = String(
            String.UnicodeScalarView(
                line.unicodeScalars.prefix(200).filter { $0.properties.generalCategory != .control }))
        if words.contains("No such file or directory") { return SFTPError(.noSuchFile, subject, words) }
        if words.contains("Permission denied") { return SFTPError(.permissionDenied, subject, words) }
        if words.contains("No space left") || words.contains("quota") { return SFTPError(.diskFull, subject, words) }
        return SFTPError(.refused, subject, words)
    }

    /// The far shell reads the path: nothing in it may mean something to a shell but `~` at the start.
    private func checkPath(_ path: String) throws(SFTPError) {
        let rest = path.hasPrefix("~/") ? path.dropFirst(2) : path[...]
        guard !rest.isEmpty, rest.split(separator: "/").allSatisfy({ Self.isPlain($0) }) else {
            throw SFTPError(.unsupported, "the path", "it has characters that a shell would interpret")
        }
    }

    private func checkName(_ name: String) throws(SFTPError) {
        guard Self.isPlain(name[...]) else {
            throw SFTPError(.unsupported, "the file name", "it has characters that a shell would interpret")
        }
    }

    private static func isPlain(_ text: Substring) -> Bool {
        guard !text.isEmpty, text != ".", text != "..", !text.hasPrefix("-") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
