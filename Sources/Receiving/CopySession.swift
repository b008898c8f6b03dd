internal import Files
import Glibc

/// Serves the far side of the older copy protocol, `scp -t` and `scp -f` as OpenSSH's `scp -O` speaks it, for regular
/// files. The kernel fences the session in; nothing here relies on it.
struct CopySession: ~Copyable {
    /// The agent's own directory.
    private let directory: String
    /// Bytes that the agent may still store.
    private var budget: Int
    private var channel = CopyChannel()
    private var hasFailed = false

    init(below directory: String, budget: Int) {
        self.directory = directory
        self.budget = budget
    }

    /// Serves a request to its end.
    /// - Returns: whether all went well; the client was told of what did not.
    mutating func serve(_ request: CopyRequest) -> Bool {
        do {
            switch request.direction {
            case .receive: try receive(request.paths[0], needsDirectory: request.needsDirectory)
            case .send: try send(request.paths)
            }
        } catch {
            // The client may be gone: then there is nobody to tell.
            do { try channel.fail(Self.words(error)) } catch { return false }
            return false
        }
        return !hasFailed
    }

    // MARK: The client sends

    private mutating func receive(_ path: String, needsDirectory: Bool) throws {
        let target = path.isEmpty ? directory : "\(directory)/\(path)"
        // A project's first upload comes before anybody made its directory.
        if let project = Self.project(of: path, isDirectory: needsDirectory) {
            try Files.makeDirectory("\(directory)/\(project)", permissions: 0o700)
        }
        let isDirectory = try Files.status(target)?.kind == .directory
        guard isDirectory || !needsDirectory else { throw CopyFailure("\(path): Not a directory") }
        try channel.accept()
        while let line = try channel.line() {
            switch line.first {
            case UInt8(ascii: "C"):
                guard let header = CopyHeader(line) else { throw CopyFailure("protocol error: not a file's header") }
                try receive(header, to: isDirectory ? "\(target)/\(header.name)" : target)
            case UInt8(ascii: "T"), UInt8(ascii: "E"): try channel.accept()
            case UInt8(ascii: "D"): throw CopyFailure("directories are not taken")
            case 1: hasFailed = true
            case 2: throw CopyFailure("the client gave up")
            default: throw CopyFailure("protocol error: unexpected line")
            }
        }
    }

    /// Takes one file: under a temporary name first, so that half a file is never taken for a whole one.
    private mutating func receive(_ header: CopyHeader, to path: String) throws {
        guard header.size <= budget else {
            throw CopyFailure("the quota of this agent is used up; the controller's operator can raise AGENT_QUOTA")
        }
        let temporary = "\(path).part"
        do throws(FileError) {
            try Self.requireReplaceable(path)
            if try Files.status(temporary) != nil { try Files.remove(temporary) }
        } catch {
            throw CopyFailure("\(header.name): \(error.reason)")
        }
        let file: Descriptor
        do throws(FileError) { file = try Descriptor(temporary, .createNew(permissions: 0o600)) } catch {
            throw CopyFailure("\(header.name): \(error.reason)")
        }
        try channel.accept()
        var left = header.size
        while left > 0 {
            let block = try channel.block(upTo: left)
            try file.write(block)
            left -= block.count
        }
        let isWhole = try channel.isAccepted()
        guard isWhole else {
            try Files.remove(temporary)
            hasFailed = true
            return
        }
        try file.synchronise()
        try Files.rename(temporary, to: path)
        budget -= header.size
        try channel.accept()
    }

    /// - Throws: where something else than a regular file is in the way.
    private static func requireReplaceable(_ path: String) throws(FileError) {
        guard let status = try Files.status(path), status.kind != .file else { return }
        throw FileError(.create, path, code: status.kind == .directory ? EISDIR : EEXIST)
    }

    /// The directory `export/KEY` that a path lies in or is, with a key as projects have; `nil` for other paths.
    private static func project(of path: String, isDirectory: Bool) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count == (isDirectory ? 2 : 3), parts[0] == "export",
            parts[1].utf8.allSatisfy({ byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            })
        else { return nil }
        return "export/\(parts[1])"
    }

    // MARK: The client fetches

    private mutating func send(_ paths: [String]) throws {
        guard try channel.isAccepted() else { throw CopyFailure("the client gave up") }
        for path in paths { try send(path) }
    }

    private mutating func send(_ path: String) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let found = Self.look("\(directory)/\(path)")
        guard case .success(true) = found else {
            // The older agents look for the first words: a tracker that is not there yet is no fault.
            return try refuse(path, Self.reason(found))
        }
        let file = try Descriptor("\(directory)/\(path)", .readRegular)
        let size = try file.inspect().size
        try channel.send("C0600 \(size) \(name)\n".utf8)
        guard try channel.isAccepted() else {
            hasFailed = true
            return
        }
        var left = size
        while left > 0 {
            let block = try file.read(upTo: min(left, 64 << 10))
            guard !block.isEmpty else { throw CopyFailure("\(path): it became shorter") }
            try channel.send(block)
            left -= block.count
        }
        try channel.accept()
        if try !channel.isAccepted() { hasFailed = true }
    }

    /// Whether there is a regular file.
    private static func look(_ path: String) -> Result<Bool, FileError> {
        do throws(FileError) {
            guard let status = try Files.status(path) else { return .failure(FileError(.open, path, code: ENOENT)) }
            return .success(status.kind == .file)
        } catch {
            return .failure(error)
        }
    }

    private static func reason(_ found: Result<Bool, FileError>) -> String {
        switch found {
        case .success: "not a regular file"
        case .failure(let error): error.reason
        }
    }

    private mutating func refuse(_ path: String, _ reason: String) throws {
        hasFailed = true
        try channel.warn("~/\(path): \(reason)")
    }

    /// Without the controller's own paths.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let failure as CopyFailure: failure.description
        case let error as FileError: error.reason
        default: "the controller failed"
        }
    }
}

/// The line before a file: `C0644 1234 name`.
struct CopyHeader: Equatable {
    let size: Int
    let name: String

    init?(_ line: [UInt8]) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].count == 5, words[0].dropFirst().allSatisfy({ (0x30...0x37).contains($0) }),
            let size = Int(String(decoding: words[1], as: UTF8.self)), size >= 0, words[1].first != UInt8(ascii: "+"),
            let name = String(validating: words[2], as: UTF8.self),
            (1...250).contains(name.utf8.count), name != ".", name != "..",
            !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        self.size = size
        self.name = name
    }
}
