import Archives
import Files
import TestSupport
import Testing

/// GNU tar with its own zstd reads what we write and writes what we read.
@Suite struct TarInteropTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// What a line of shell says; the status too when it fails.
    private func shell(_ line: String) -> String {
        let result = Shell.run("set -o pipefail; cd \"$1\" && { \(line); }", directory.path)
        return result.status == 0 ? result.output : "\(result.output)status \(result.status)"
    }

    @Test func tarUnpacksOurArchive() throws {
        let files = [Sample("manifest.json", "{}\n"), Sample("tables/a.json", size: 2_000_000), Sample("none", "")]
        try Files.write(try pack(files), to: "\(directory.path)/archive.tar.zst")
        #expect(shell("mkdir out && tar --zstd -xf archive.tar.zst -C out") == "")
        for file in files { #expect(try Files.read("\(directory.path)/out/\(file.name)") == file.content) }
        let listing = shell("TZ=UTC tar --zstd --numeric-owner -tvf archive.tar.zst manifest.json")
        #expect(
            listing.split(whereSeparator: \.isWhitespace)
                == ["-rw-r-----", "12/34", "3", "2001-09-09", "01:46", "manifest.json"])
    }

    @Test func zstdFindsOurCompressionSound() throws {
        try Files.write(try pack([Sample("a", size: 1_000_000)]), to: "\(directory.path)/archive.tar.zst")
        #expect(shell("zstd -q -t archive.tar.zst") == "")
    }

    @Test(arguments: ["gnu", "pax", "ustar", "v7"])
    func weUnpackTheArchiveOfTar(format: String) throws {
        let files = [Sample("a.json", size: 1_500_000), Sample("log/scrape.log", "done\n"), Sample("none", "")]
        try Files.makeDirectory("\(directory.path)/log")
        for file in files { try Files.write(file.content, to: "\(directory.path)/\(file.name)") }
        let line = "tar --format=\(format) --zstd -cf archive.tar.zst a.json log/scrape.log none"
        #expect(shell(line) == "")
        #expect(try unpack(Files.read("\(directory.path)/archive.tar.zst")) == files)
    }

    @Test func packsAFileFromTheDisk() throws {
        let file = Sample("table.json", size: 900_000)
        let path = "\(directory.path)/table.json"
        try Files.write(file.content, to: path)
        var archive: [UInt8] = []
        var writer = try TarWriter(.init(modified: 0)) { archive += $0 }
        try writer.add("table.json", file: path)
        #expect(throws: ArchiveError.self) { try writer.add("directory", file: directory.path) }
        try writer.finish()
        #expect(try unpack(archive) == [file])
    }
}
