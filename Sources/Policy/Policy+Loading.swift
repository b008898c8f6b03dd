import Files
import Glibc
import JSONValues

extension Policy {
    package static let fileName = "policy.json"

    /// Reads `policy.json` in a configuration directory.
    /// - Throws: `PolicyError` with all that is wrong with it; a missing file is no policy and no error.
    package static func load(_ directory: String) throws(PolicyError) -> Policy {
        let path = "\(directory)/\(fileName)"
        let found: (status: Files.Status, content: [UInt8])?
        do throws(FileError) {
            found = try read(path)
        } catch {
            throw PolicyError(
                code: .unreadable, path: path,
                faults: [
                    .init(
                        "", expected: "a file", found: error.reason,
                        mend: "Make it a file that the agent's account may read, or remove it.")
                ])
        }
        guard let found else { return .unlimited }
        if let fault = fault(of: found.status) { throw PolicyError(code: .unguarded, path: path, faults: [fault]) }
        return try Policy(json: found.content, path: path)
    }

    /// Links are followed, as Kubernetes mounts files; `nil` where there is none.
    private static func read(_ path: String) throws(FileError) -> (Files.Status, [UInt8])? {
        guard try Files.status(path) != nil else { return nil }
        let status = try Descriptor(path, .read).inspect()
        return (status, status.kind == .file ? try Files.read(path, limit: 1 << 20) : [])
    }

    /// Whoever may change the file is the client: its owner alone, who is the agent's account or root.
    private static func fault(of file: Files.Status) -> PolicyFault? {
        guard file.kind == .file else {
            return .init("", expected: "a file", found: "something else", mend: "Put a file there, or remove it.")
        }
        guard file.owner == 0 || file.owner == geteuid() else {
            return .init(
                "", expected: "a file of root or of the agent's account", found: "one of user \(file.owner)",
                mend: "Change its owner with chown.")
        }
        guard file.permissions & 0o022 == 0 else {
            return .init(
                "", expected: "a file that its owner alone may change",
                found: "mode \(String(file.permissions, radix: 8))", mend: "Run chmod go-w on it.")
        }
        return nil
    }

    /// - Parameter path: for messages only.
    package init(json: [UInt8], path: String) throws(PolicyError) {
        let document: JSONValue
        do {
            document = try JSONValue(json)
        } catch {
            throw PolicyError(
                code: .malformed, path: path,
                faults: [
                    .init(
                        "", expected: "JSON", found: "something else",
                        mend: "'jq . FILE' and 'python3 -m json.tool FILE' tell the line.")
                ])
        }
        var reader = PolicyReader(path: path)
        reader.read(document)
        guard reader.faults.isEmpty else { throw PolicyError(code: .malformed, path: path, faults: reader.faults) }
        self = reader.policy
    }
}
