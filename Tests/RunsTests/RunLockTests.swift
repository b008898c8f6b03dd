import Files
import Runs
import TestSupport
import Testing

@Suite struct RunLockTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func holdsOthersOffAsLongAsItLives() async throws {
        let state = "\(directory.path)/state"
        #expect(try !RunLock.isHeld(state: state))
        do {
            let lock = try await RunLock(state: state)
            #expect(try RunLock.isHeld(state: state))
            await #expect(throws: RunInProgress.self) { _ = try await RunLock(state: state) }
            withExtendedLifetime(lock) {}
        }
        #expect(try !RunLock.isHeld(state: state))
        _ = try await RunLock(state: state)
    }

    @Test func askingDisturbsNobody() async throws {
        let state = directory.path
        _ = try await RunLock(state: state)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<200 { _ = try? RunLock.isHeld(state: state) } }
            }
            for _ in 0..<20 {
                await #expect(throws: Never.self) { _ = try await RunLock(state: state) }
            }
        }
    }

    @Test func aDirectoryThatCannotBeWrittenIsTold() async throws {
        try Files.write("".utf8, to: "\(directory.path)/file")
        let state = "\(directory.path)/file/state"
        await #expect(throws: FileError.self) { _ = try await RunLock(state: state) }
    }
}
