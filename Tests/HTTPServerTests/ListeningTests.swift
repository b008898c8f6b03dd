import Cryptography
import Glibc
import HTTPServer
import TestSupport
import Testing
import Timestamps

@Suite(.timeLimit(.minutes(10))) struct ListeningTests {
    private static let fine: WebServer.Handler = { HTTPServerResponse(200, text: $0.peer) }

    private func error(
        _ host: String?, _ port: UInt16, _ configuration: WebServer.Configuration = .init(.plain)
    ) -> HTTPServerError? {
        do throws(HTTPServerError) {
            _ = try WebServer.listen(host: host, port: port, configuration, Self.fine)
            return nil
        } catch {
            return error
        }
    }

    @Test func saysWhatIsInTheWay() throws {
        let server = try RunningServer(over: .plain, handler: Self.fine)
        let inUse = error("127.0.0.1", server.server.port)
        #expect(inUse?.code == .addressInUse && inUse?.advice?.contains("another port") == true)
        #expect("\(String(describing: inUse))".contains("127.0.0.1:\(server.server.port)"))
        #expect(error("192.0.2.1", 0)?.code == .addressNotHere)
        for host in ["", "host.example", "127.0.0.1.", "1.2.3", "[::1]"] {
            #expect(error(host, 0)?.code == .badAddress)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may listen anywhere"))
    func saysThatThePortIsNotAllowed() { #expect(error("127.0.0.1", 1)?.code == .notPermitted) }

    @Test func refusesKeysThatDoNotFit() throws {
        let (certificate, key) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(60))
        let (_, otherKey) = try Certificate.selfSigned(hosts: ["localhost"], validity: .seconds(60))
        let pem = try key.pem()
        for (certificate, key) in [(certificate.pem, try otherKey.pem()), ("", pem), (certificate.pem, ""), ("x", "y")]
        {
            let found = error("127.0.0.1", 0, .init(.tls(certificate: certificate, key: key)))
            #expect(found?.code == .badCertificate && found?.cause.isEmpty == false)
        }
        #expect(error("127.0.0.1", 0, .init(.tls(certificate: certificate.pem, key: pem))) == nil)
    }

    @Test func listensOnAllAddresses() async throws {
        let server = try RunningServer(over: .plain, host: nil, handler: Self.fine)
        let port = server.server.port
        #expect(try await server.curl(nil, ["http://127.0.0.1:\(port)/"]).text == "127.0.0.1\n")
        guard server.server.address == "::" else { return }
        #expect(try await server.curl(nil, ["http://[::1]:\(port)/"]).text == "::1\n")
    }

    @Test func itsDescriptorsAreClosedInOtherPrograms() async throws {
        let gate = Gate()
        let server = try RunningServer { _ in
            _ = await gate.pass()
            return HTTPServerResponse(200, text: "fine")
        }
        let waiting = try server.start("/")
        await gate.arrived(1)
        var found = 0
        for descriptor in 0..<Int32(4096) where Self.localPort(descriptor) == server.server.port {
            found += 1
            #expect(Self.isClosedOnExec(descriptor))
        }
        #expect(found == 2)
        gate.open()
        #expect(try await rest(waiting) == "fine\n")
    }

    private static func localPort(_ descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isSocket = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length) == 0
            }
        }
        return isSocket && Int32(address.sin_family) == AF_INET ? UInt16(bigEndian: address.sin_port) : nil
    }

    /// As the kernel shows it: `fcntl` is variadic.
    private static func isClosedOnExec(_ descriptor: Int32) -> Bool {
        let flags = Shell.run("grep ^flags /proc/$1/fdinfo/$2", "\(getpid())", "\(descriptor)").output
        let number = flags.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0, radix: 8) } ?? 0
        return number & 0o2000000 != 0
    }
}
