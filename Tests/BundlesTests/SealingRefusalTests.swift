import Cryptography
import Files
import TestSupport
import Testing

@testable import Bundles

/// What is not sealed, and that nothing is left of it.
@Suite struct SealingRefusalTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func refusal(_ files: [BundleFile], limits: BundleLimits = BundleLimits()) throws -> BundleError.Code {
        let writer = BundleWriter(
            try Sealer(workshop.certificate), workshop.agentKey, limits: limits, partSize: 32 << 10)
        let failure = try #require(throws: BundleError.self) {
            _ = try writer.seal(workshop.contents(files), into: workshop.parts)
        }
        #expect(try Files.status(workshop.parts) == nil)
        return failure.code
    }

    @Test func aTableThatIsNotPseudonymised() throws {
        let table = try workshop.file("data_tag.json", [1], .table(rows: 1, isPseudonymised: false))
        #expect(try refusal([table]) == .notPseudonymised)
    }

    @Test(arguments: [
        "..", ".hidden", "-option", "a/b", "", "ü", "a b", "manifest.json", String(repeating: "a", count: 101),
    ])
    func aFileWithSuchAName(name: String) throws {
        let file = try workshop.file("file", [1])
        let renamed = BundleFile(name, path: file.path, .log, size: 1, sha256: file.sha256)
        #expect(try refusal([renamed]) == .nameNotAllowed)
    }

    @Test func aNameTwice() throws {
        let file = try workshop.file("file", [1])
        #expect(try refusal([file, file]) == .manifestMalformed)
    }

    @Test(arguments: [[UInt8](), [1], [1, 2, 4], [1, 2, 3, 4]])
    func aFileThatChanged(content: [UInt8]) throws {
        let file = try workshop.file("file", [1, 2, 3])
        try Files.write(content, to: file.path)
        #expect(try refusal(workshop.files(tableSize: 200_000) + [file]) == .fileChanged)
    }

    @Test func aFileThatIsGone() throws {
        let file = try workshop.file("file", [1])
        try Files.remove(file.path)
        #expect(try refusal([file]) == .file)
    }

    @Test func moreThanTheLimits() throws {
        let files = [try workshop.file("a", [1, 2, 3]), try workshop.file("b", [1, 2])]
        #expect(try refusal(files, limits: BundleLimits(file: 2)) == .tooLarge)
        #expect(try refusal(files, limits: BundleLimits(total: 4)) == .tooLarge)
        #expect(try refusal(files, limits: BundleLimits(files: 1)) == .tooLarge)
    }

    @Test func intoADirectoryThatIsInUse() throws {
        try Files.makeDirectory(workshop.parts)
        try Files.write([1], to: "\(workshop.parts)/001.cms")
        let failure = try #require(throws: BundleError.self) { _ = try workshop.sealed([]) }
        #expect(failure.code == .directoryInUse)
        #expect(try Files.read("\(workshop.parts)/001.cms") == [1])
    }
}
