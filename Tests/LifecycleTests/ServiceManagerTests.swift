import Files
import Glibc
import Lifecycle
import TestSupport
import Testing

@Suite struct ServiceManagerTests {
    /// A socket as systemd has it; it is closed when the value ends.
    private final class Manager {
        private let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var name = Array(path.utf8)
            if path.hasPrefix("@") { name[0] = 0 }
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
            let length = socklen_t(2 + name.count)
            let code = unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
            }
            guard code == 0 else { throw FileError(.open, path) }
        }

        deinit { close(descriptor) }

        func message() -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    private func check(_ path: String) throws {
        let manager = try Manager(path)
        let service = ServiceManager(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"])
        #expect(service.watchdog == .seconds(3))
        service.ready()
        #expect(manager.message() == "READY=1")
        service.alive()
        #expect(manager.message() == "WATCHDOG=1")
        service.status("next run\nat 02:00")
        #expect(manager.message() == "STATUS=next run at 02:00")
        service.reloading()
        let reloading = manager.message().split(separator: "\n")
        #expect(reloading.first == "RELOADING=1" && reloading.last?.hasPrefix("MONOTONIC_USEC=") == true)
        service.stopping()
        #expect(manager.message() == "STOPPING=1")
    }

    @Test func tellsASocketInTheFileSystem() throws {
        let directory = try TemporaryDirectory()
        try check("\(directory.path)/notify")
    }

    @Test func tellsAnAbstractSocket() throws { try check("@gathering-test-\(UInt64.random(in: 0 ... .max))") }

    @Test func withoutAManagerNothingHappens() {
        for path in [nil, "relative", "/nowhere/notify", "/" + String(repeating: "x", count: 200)] as [String?] {
            var environment = ["WATCHDOG_USEC": "1000000"]
            if let path { environment["NOTIFY_SOCKET"] = path }
            let service = ServiceManager(environment: environment)
            service.ready()
            if path == nil { #expect(service.watchdog == nil) }
        }
    }

    @Test func aWatchdogForAnotherProcessIsNotOurs() {
        let variables = ["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"]
        #expect(getppid() == 1 || ServiceManager(environment: variables).watchdog == nil)
    }
}
