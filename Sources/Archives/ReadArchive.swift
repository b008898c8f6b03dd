internal import CArchive

/// Owns one `struct archive *` that reads from a `BlockInput`; freed with the value.
@safe final class ReadArchive {
    let handle: OpaquePointer
    /// The library calls it through an unretained pointer, so it lives as long.
    let input: BlockInput

    enum Format { case zstandard, gzip, tar }

    init(_ format: Format, _ input: BlockInput) throws {
        guard let handle = unsafe archive_read_new() else {
            throw ArchiveError(.other, "expected memory for a reader, found none")
        }
        unsafe self.handle = handle
        self.input = input
        switch format {
        case .zstandard:
            try check(unsafe archive_read_support_filter_zstd(handle))
            try check(unsafe archive_read_support_format_raw(handle))
        case .gzip:
            try check(unsafe archive_read_support_filter_gzip(handle))
            try check(unsafe archive_read_support_format_raw(handle))
        case .tar:
            try check(unsafe archive_read_support_format_tar(handle))
        }
        let context = unsafe Unmanaged.passUnretained(input).toOpaque()
        try check(unsafe archive_read_open2(handle, context, nil, readBlock, nil, nil))
    }

    deinit { unsafe archive_read_free(handle) }

    /// Reads up to `count` bytes of the current entry; an empty answer is its end.
    func read(upTo count: Int) throws -> [UInt8] {
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe result = archive_read_data(handle, buffer.baseAddress, count)
            filled = max(result, 0)
        }
        guard result >= 0 else { throw failure() }
        return bytes
    }

    func check(_ code: Int32) throws {
        guard code == ARCHIVE_OK else { throw failure() }
    }

    /// The reason of the last failure: the input's own, or what its state says about the library's.
    func failure() -> any Error {
        if let failure = input.failure { return failure }
        if input.isExhausted { return ArchiveError(.truncated, "expected more data, found the end") }
        return ArchiveError(.damaged, "reading failed: \(unsafe message(of: handle))")
    }
}

/// What libarchive calls for each piece of input.
private func readBlock(
    _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let context = unsafe context, let bytes = unsafe bytes else { return Int(ARCHIVE_FATAL) }
    let input = unsafe Unmanaged<BlockInput>.fromOpaque(context).takeUnretainedValue()
    guard let block = unsafe input.next() else { return Int(ARCHIVE_FATAL) }
    unsafe bytes.pointee = block.baseAddress
    return block.count
}
