import Archives
import Files
import TestSupport
import Testing

/// Archives made by `tar` and `zstd`, and by damaging our own.
@Suite struct TarReaderStrictnessTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The code with which reading an archive fails; `nil` when it does not.
    private func refusal(_ archive: [UInt8], limits: TarReader.Limits = generous) throws -> ArchiveError.Code? {
        do {
            _ = try unpack(archive, limits: limits)
            return nil
        } catch let error as ArchiveError {
            return error.code
        }
    }

    /// The archive that a line of shell writes to `archive`.
    private func made(by line: String) throws -> [UInt8] {
        let result = Shell.run("set -eo pipefail; cd \"$1\"\n\(line)", directory.path)
        try #require(result.status == 0, "\(result.output)")
        return try Files.read("\(directory.path)/archive")
    }

    @Test(arguments: [
        ("tar --zstd -cPf archive /etc/hostname", ArchiveError.Code.nameNotAllowed),
        ("mkdir d && cd d && touch ../up && tar --zstd -cPf ../archive ../up", .nameNotAllowed),
        ("touch a && tar --zstd -cf archive ./a", .nameNotAllowed),
        ("touch 'ü' && tar --zstd -cf archive 'ü'", .nameNotAllowed),
        ("touch 'ü' && tar --format=pax --zstd -cf archive 'ü'", .nameNotAllowed),
        ("mkdir d && tar --zstd -cf archive d", .nameNotAllowed),
        ("ln -s /etc/passwd a && tar --zstd -cf archive a", .notARegularFile),
        ("echo 1 > a && ln a b && tar --zstd -cf archive a b", .notARegularFile),
        ("mkfifo a && tar --zstd -cf archive a", .notARegularFile),
        ("truncate -s 9M a && echo 1 >> a && tar --zstd -cSf archive a", .notARegularFile),
        ("echo 1 > a && tar -cf t a a && zstd -q t -o archive", .duplicateName),
        ("echo 1 > a && tar -cf archive a", .notAnArchive),
        ("echo 1 > a && tar -czf archive a", .notAnArchive),
        ("echo 1 > a && tar -cf t a && zstd -q < t | zstd -q > archive", .notAnArchive),
        ("head -c 100000 /dev/zero | tr '\\0' x | zstd -q > archive", .damaged),
        ("touch archive", .truncated),
        ("printf '' | zstd -q > archive", .truncated),
        ("echo 1 > a && tar -cf t a && head -c 1024 t | zstd -q > archive", .truncated),
        ("echo 1 > a && tar -cf t a && head -c 1536 t | zstd -q > archive", .truncated),
        ("echo 1 > a && tar -cf t a && head -c 700 t | zstd -q > archive", .truncated),
        ("echo 1 > a && tar -cf t a && cat t t | zstd -q > archive", .damaged),
        ("echo 1 > a && tar -cf t a && { cat t; echo more; } | zstd -q > archive", .damaged),
        ("echo 1 > a && tar --zstd -cf archive a && echo more >> archive", .damaged),
        (
            "echo 1 > a && tar -cf t a && printf x | dd of=t bs=1 seek=3 conv=notrunc status=none && zstd -q t -o archive",
            .damaged
        ),
    ])
    func refuses(line: String, code: ArchiveError.Code) throws {
        #expect(try refusal(made(by: line)) == code)
    }

    @Test func acceptsPaddingOfZeros() throws {
        #expect(try refusal(made(by: "echo 1 > a && tar --record-size=1M --zstd -cf archive a")) == nil)
    }

    @Test func acceptsAnArchiveInSeveralFrames() throws {
        let line = "echo 1 > a && tar -cf t a && { head -c 600 t | zstd -q; tail -c +601 t | zstd -q; } > archive"
        #expect(try refusal(made(by: line)) == nil)
    }

    @Test func keepsTheLimits() throws {
        let archive = try pack([Sample("a", size: 1000), Sample("b", size: 500)])
        #expect(try refusal(archive, limits: .init(entry: 1000, total: 1500, entries: 2)) == nil)
        #expect(try refusal(archive, limits: .init(entry: 999, total: 1500, entries: 2)) == .entryTooLarge)
        #expect(try refusal(archive, limits: .init(entry: 1000, total: 1499, entries: 2)) == .totalTooLarge)
        #expect(try refusal(archive, limits: .init(entry: 1000, total: 1500, entries: 1)) == .tooManyEntries)
    }

    @Test func endsWithAnErrorOnADecompressionBomb() throws {
        // 500 MB of zeros in some 50 kB, where the end of the archive should be.
        let bomb = try made(by: "{ head -c 500000000 /dev/zero; } | zstd -q > archive")
        #expect(bomb.count < 100_000)
        #expect(try refusal(bomb, limits: .init(entry: 1 << 20, total: 1 << 20, entries: 10)) == .totalTooLarge)
    }

    @Test func noticesEveryTruncation() throws {
        let archive = try pack([Sample("a", "some content"), Sample("b", size: 3000)])
        for length in 0..<archive.count {
            // Less than the four bytes by which Zstandard is known may be anything.
            let expected: ArchiveError.Code = (1...3).contains(length) ? .notAnArchive : .truncated
            #expect(try refusal(Array(archive.prefix(length))) == expected, "after \(length) bytes")
        }
    }

    @Test func neverFailsOtherwiseThanWithAnErrorWhenBytesAreFlipped() throws {
        let files = [Sample("a", "some content"), Sample("b", size: 3000)]
        let archive = try pack(files)
        for position in archive.indices {
            var damaged = archive
            damaged[position] ^= 0x55
            // The checksums of tar cover headers only; that of the bundle covers the rest.
            do { _ = try unpack(damaged) } catch is ArchiveError {}
        }
    }
}
