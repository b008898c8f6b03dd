internal import CArchive

/// Owns one `struct archive *` that writes; freed with the value, without writing anything more.
@safe final class WriteArchive {
    private let handle: OpaquePointer
    /// The library calls it through an unretained pointer, so it lives as long.
    private let output: BlockOutput

    init(_ output: BlockOutput) throws {
        guard let handle = unsafe archive_write_new() else {
            throw ArchiveError(.other, "expected memory for a writer, found none")
        }
        unsafe self.handle = handle
        self.output = output
        // ustar headers where they suffice, pax headers for what does not fit, such as 8 GiB.
        try check(unsafe archive_write_set_format_pax_restricted(handle))
        try check(unsafe archive_write_add_filter_zstd(handle))
        try check(unsafe archive_write_set_filter_option(handle, "zstd", "compression-level", "3"))
        try check(unsafe archive_write_set_bytes_per_block(handle, Int32(TarWriter.blockSize)))
        // No padding after the compressed data.
        try check(unsafe archive_write_set_bytes_in_last_block(handle, 1))
        let context = unsafe Unmanaged.passUnretained(output).toOpaque()
        try check(unsafe archive_write_open2(handle, context, nil, writeBlock, nil, nil))
    }

    deinit {
        // The library closes the archive before it frees it, and fills up an entry that is too short.
        output.discard()
        unsafe archive_write_free(handle)
    }

    func begin(_ name: String, _ size: Int, _ attributes: TarWriter.Attributes) throws {
        guard let entry = unsafe archive_entry_new() else {
            throw ArchiveError(.other, "expected memory for an entry, found none")
        }
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_copy_pathname(entry, name)
        unsafe archive_entry_set_size(entry, Int64(size))
        // AE_IFREG is a macro with a cast, which Swift does not import: a regular file.
        unsafe archive_entry_set_filetype(entry, 0o100000)
        unsafe archive_entry_set_perm(entry, mode_t(attributes.permissions))
        unsafe archive_entry_set_uid(entry, Int64(attributes.user))
        unsafe archive_entry_set_gid(entry, Int64(attributes.group))
        unsafe archive_entry_set_mtime(entry, attributes.modified, 0)
        try check(unsafe archive_write_header(handle, entry))
    }

    func write(_ bytes: [UInt8]) throws {
        let written = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(handle, $0.baseAddress, $0.count) }
        if let failure = output.failure { throw failure }
        guard written == bytes.count else { throw failure() }
    }

    func close() throws { try check(unsafe archive_write_close(handle)) }

    private func check(_ code: Int32) throws {
        if let failure = output.failure { throw failure }
        guard code == ARCHIVE_OK else { throw failure() }
    }

    private func failure() -> ArchiveError {
        ArchiveError(.other, "writing failed: \(unsafe message(of: handle))")
    }
}

/// What libarchive calls with each piece of output.
private func writeBlock(
    _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
    guard let context = unsafe context else { return Int(ARCHIVE_FATAL) }
    let output = unsafe Unmanaged<BlockOutput>.fromOpaque(context).takeUnretainedValue()
    if output.isWanted { unsafe output.write([UInt8](UnsafeRawBufferPointer(start: bytes, count: count))) }
    return count
}

/// The library's words for its last failure.
@unsafe func message(of archive: OpaquePointer) -> String {
    unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "no reason given"
}
