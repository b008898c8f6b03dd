internal import ControllerAPI
internal import Cryptography
internal import Files

/// Cuts a stream into parts, seals each and puts it on the disk. It holds one part at a time.
final class PartWriter {
    private let directory: String
    private let sealer: Sealer
    private let partSize: Int
    private var pending: [UInt8] = []
    private(set) var parts: [SealedBundle.Part] = []
    /// The most bytes that waited for their part to be full.
    private(set) var largestPending = 0

    init(directory: String, sealer: Sealer, partSize: Int) {
        self.directory = directory
        self.sealer = sealer
        self.partSize = partSize
        pending.reserveCapacity(partSize)
    }

    func write(_ bytes: [UInt8]) throws(BundleError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(partSize - pending.count)
            pending += piece
            rest = rest.dropFirst(piece.count)
            largestPending = max(largestPending, pending.count)
            if pending.count == partSize { try seal() }
        }
    }

    /// Seals what is left; the parts are complete.
    func finish() throws(BundleError) -> [SealedBundle.Part] {
        if !pending.isEmpty { try seal() }
        return parts
    }

    private func seal() throws(BundleError) {
        let name = SealedBundle.partName(parts.count + 1)
        let subject = "part \(name)"
        guard parts.count < BundleLimits.parts else {
            throw BundleError(.tooLarge, "bundle", "expected at most \(BundleLimits.parts) parts, found more")
        }
        let sealed: [UInt8]
        do {
            sealed = try sealer.seal(pending)
        } catch {
            throw .library(error, subject)
        }
        pending.removeAll(keepingCapacity: true)
        do {
            try Files.write(sealed, to: "\(directory)/\(name)", permissions: 0o600)
        } catch {
            throw .file(error, subject)
        }
        parts.append(try Self.described(name, sealed))
    }

    private static func described(_ name: String, _ sealed: [UInt8]) throws(BundleError) -> SealedBundle.Part {
        do {
            return try SealedBundle.Part(name: name, size: sealed.count, sha256: SHA256.digest(of: sealed))
        } catch {
            preconditionFailure("a sealed part has a name and a size of the form of parts")
        }
    }
}
