import Files
import TestSupport
import Testing

@Suite struct RoomTests {
    @Test func tellsWhatIsLeft() throws {
        let directory = try TemporaryDirectory()
        let room = try Files.room(at: directory.path)
        #expect(room.size > 0 && room.free <= room.size && !room.isReadOnly)
        #expect(throws: FileError.self) { try Files.room(at: "\(directory.path)/nothing") }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func tellsAFullAndAReadOnlyFileSystem() throws {
        let directory = try TemporaryDirectory()
        let disk = try SmallDisk(at: directory.path)
        #expect(try Files.room(at: directory.path).free == 2 << 20)
        disk.fill()
        #expect(try Files.room(at: directory.path).free == 0)
        try disk.freeze()
        #expect(try Files.room(at: directory.path).isReadOnly)
        try disk.thaw()
        withExtendedLifetime(disk) {}
    }
}
