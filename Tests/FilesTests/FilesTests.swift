import Files
import Glibc
import TestSupport
import Testing

@Suite struct FilesTests {
    @Test func replacesContentAtomicallyWithTheGivenPermissions() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/secret"
        try Files.write(Array("old".utf8), to: path, permissions: 0o644)
        try Files.write(Array("new".utf8), to: path, permissions: 0o600)
        #expect(try Files.read(path) == Array("new".utf8))
        #expect(try Files.status(path)?.permissions == 0o600)
        #expect(try Files.list(directory.path) == ["secret"])
    }

    @Test func manyMayReplaceTheSameFileAtOnce() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/shared"
        let contents = (0..<16).map { [UInt8](repeating: $0, count: 5000) }
        try await withThrowingTaskGroup { group in
            for content in contents { group.addTask { try Files.write(content, to: path) } }
            try await group.waitForAll()
        }
        #expect(contents.contains(try Files.read(path)))
        #expect(try Files.list(directory.path) == ["shared"])
    }

    @Test func refusesAFileBeyondTheLimit() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/large"
        try Files.write([UInt8](repeating: 1, count: 100), to: path)
        #expect(throws: FileError.self) { try Files.read(path, limit: 99) }
    }

    @Test func removesATreeWithoutFollowingLinks() throws {
        let directory = try TemporaryDirectory()
        try Files.makeDirectory("\(directory.path)/keep")
        try Files.write([1], to: "\(directory.path)/keep/file")
        try Files.makeDirectory("\(directory.path)/tree/below")
        #expect(unsafe symlink("\(directory.path)/keep", "\(directory.path)/tree/below/link") == 0)
        try Files.removeTree("\(directory.path)/tree")
        #expect(try Files.status("\(directory.path)/tree") == nil)
        #expect(try Files.read("\(directory.path)/keep/file") == [1])
    }

    @Test func readsOnlyARegularFileWhenAskedTo() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        try Files.write([7], to: path)
        #expect(try Descriptor(path, .readRegular).read(upTo: 10) == [7])
        #expect(unsafe symlink(path, "\(directory.path)/link") == 0)
        #expect(unsafe mkfifo("\(directory.path)/fifo", 0o600) == 0)
        for (name, code) in [("link", ELOOP), ("fifo", EINVAL), ("", EINVAL), ("missing", ENOENT)] {
            let failure = try #require(throws: FileError.self) {
                _ = try Descriptor("\(directory.path)/\(name)", .readRegular)
            }
            #expect(failure.code == code)
        }
    }

    @Test func aSecondLockIsRefusedUntilTheFirstIsGone() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/lock"
        do {
            let first = try FileLock(path)
            #expect(throws: FileError.self) { _ = try FileLock(path) }
            _ = consume first
        }
        _ = try FileLock(path)
    }
}
