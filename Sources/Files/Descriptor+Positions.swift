import Glibc

/// Reading and writing at a place of one's own, which several threads may do at once.
extension Descriptor {
    /// Fills `words` with what lies at an offset in bytes, in the byte order of this machine.
    /// - Returns: the number of whole words there were.
    package func read(at offset: Int, into words: inout [UInt64]) throws(FileError) -> Int {
        var failure: Int32 = 0
        let count = unsafe words.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < buffer.count {
                let count = unsafe pread(
                    raw, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, offset + filled)
                if count == 0 { break }
                if count < 0 {
                    if errno == EINTR { continue }
                    failure = errno
                    break
                }
                filled += count
            }
            return filled
        }
        guard failure == 0 else { throw FileError(.read, path, code: failure) }
        return count / MemoryLayout<UInt64>.size
    }

    /// Writes words at an offset in bytes; the file grows where need be.
    package func write(_ words: [UInt64], at offset: Int) throws(FileError) {
        let failure: Int32 = unsafe words.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = unsafe pwrite(
                    raw, buffer.baseAddress?.advanced(by: written), buffer.count - written, offset + written)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                written += count
            }
            return 0
        }
        guard failure == 0 else { throw FileError(.write, path, code: failure) }
    }
}
