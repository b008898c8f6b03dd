import ControllerClient
import Cryptography
import Enrolment
import Files
import Glibc
import TestSupport
import Testing
import Timestamps

/// Where a check passes, warns and fails, and what it says.
@Suite struct MachineChecksTests {
    typealias State = PreflightReport.Check.State

    struct Disk: Sendable {
        let free: Int
        var files: Int? = 1000
        var isReadOnly = false
        let state: State
    }

    static let disks: [Disk] = [
        Disk(free: 68_719_476_736, state: .ok), Disk(free: 1_073_741_824, files: nil, state: .ok),
        Disk(free: 1_073_741_823, state: .warn), Disk(free: 1_048_576, state: .warn),
        Disk(free: 1_048_575, state: .fail), Disk(free: 68_719_476_736, files: 8, state: .fail),
        Disk(free: 68_719_476_736, isReadOnly: true, state: .fail),
    ]

    @Test(arguments: disks) func roomOnADisk(disk: Disk) {
        let room = Files.Room(free: disk.free, size: 107_374_182_400, files: disk.files, isReadOnly: disk.isReadOnly)
        let check = MachineChecks.room("state", "/state", room)
        #expect(check.state == disk.state)
        #expect((check.advice == nil) == (disk.state == .ok))
        #expect((check.problem == nil) == (disk.state != .fail))
    }

    @Test func aDirectoryThatCannotBeMade() throws {
        let directory = try TemporaryDirectory()
        try Files.write([], to: "\(directory.path)/file")
        let check = MachineChecks.directory("state", "\(directory.path)/file/state", permissions: 0o700, "Mend it.")
        #expect(check.problem == .fileAccess && check.advice == "Mend it.")
        let fine = MachineChecks.directory("state", "\(directory.path)/state", permissions: 0o700, "Mend it.")
        #expect(fine.problem == nil)
        #expect(try Files.list("\(directory.path)/state").isEmpty)
    }

    static let outboxes: [(Int, Int, State)] = [
        (0, 0, .ok), (799, 0, .ok), (800, 0, .warn), (999, 0, .warn), (1000, 0, .fail), (0, 1, .warn),
        (1000, 1, .fail),
    ]

    @Test(arguments: outboxes) func roomInTheOutbox(waiting: Int, damaged: Int, state: State) {
        #expect(MachineChecks.outbox(waiting: waiting, limit: 1000, damaged: damaged).state == state)
    }

    @Test func aCertificateThatEnds() throws {
        let directory = try TemporaryDirectory()
        func certificate(_ validity: TestCertificate.Validity) throws -> Certificate {
            let made = try TestCertificate(in: directory, name: "\(validity)", validity: validity)
            return try Certificate(pem: String(decoding: Files.read(made.certificate), as: UTF8.self))
        }
        func state(_ certificate: Certificate, _ now: Timestamp) -> State {
            MachineChecks.certificate("certificate", "it", certificate, now: now, "Renew it.").state
        }
        #expect(state(try certificate(.expired), .now) == .fail)
        let current = try certificate(.current)
        #expect(state(current, .now) == .ok)
        #expect(state(current, current.notAfter + .seconds(-29 * 86400)) == .warn)
        #expect(state(current, current.notAfter + .seconds(1)) == .fail)
    }

    /// An agent with the certificate in a file cannot go on without a new one; one that knows the key can.
    @Test func theCertificateThatAControllerShows() {
        let now = Timestamp(seconds: 1_800_000_000)
        func check(_ days: Int, _ file: String?) -> PreflightReport.Check {
            ControllerChecks.certificate(
                "controller.example", endsAt: now + .seconds(days * 86400), file: file, now: now)
        }
        #expect(check(31, "a.pem").state == .ok && check(31, nil).state == .ok)
        #expect(check(29, "a.pem").state == .warn && check(29, nil).state == .warn)
        #expect(check(-1, "a.pem").state == .fail && check(-1, nil).state == .warn)
        #expect(check(29, "a.pem").advice?.contains("a.pem (SSH_HTTPS_CERT)") == true)
        #expect(check(-1, nil).problem == nil && check(-1, nil).finding == .certificateExpired)
        #expect(ControllerChecks.certificate("controller.example", endsAt: nil, file: nil, now: now).state == .ok)
    }

    @Test func whatIsSecretIsOneAccountsAlone() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/key"
        try Files.write([], to: path, permissions: 0o600)
        let own = try #require(try Files.status(path))
        #expect(MachineChecks.privacy("key", path, own, account: own.owner).state == .ok)
        let foreign = MachineChecks.privacy("key", path, own, account: own.owner + 1)
        #expect(foreign.problem == .fileAccess && foreign.message.contains("belongs to account \(own.owner)"))
        unsafe chmod(path, 0o640)
        let open = try #require(try Files.status(path))
        let warned = MachineChecks.privacy("key", path, open, account: open.owner)
        #expect(warned.state == .warn && warned.advice == "Run: chmod 600 '\(path)'")
    }

    static let clocks: [(Int, State, String)] = [
        (0, .ok, "0 seconds ahead of"), (-59, .ok, "59 seconds behind"), (61, .warn, "61 seconds ahead of"),
        (-300, .fail, "5 minutes behind"), (600, .fail, "10 minutes ahead of"),
    ]

    @Test(arguments: clocks) func aClockThatIsOff(seconds: Int, state: State, words: String) {
        let check = ControllerChecks.clock(.seconds(seconds))
        #expect(check.state == state && check.message.contains(words), "\(check)")
    }

    @Test func aControllerThatTellsNoTime() { #expect(ControllerChecks.clock(nil).state == .ok) }
}
