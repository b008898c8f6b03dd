import Files
import ForgeTestSupport
import Gathering
import LDAP
import Members
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct MembersTests {
    private static func gather(
        _ server: DirectoryServer, group: String = "demo (team)", password: String = "s3cret ü", isSecure: Bool = false,
        authority: String? = nil
    ) async throws -> Gathered {
        let client = DirectoryClient(
            isSecure ? server.secureAddress : server.address, login: (DirectoryServer.manager, password),
            authorityFile: authority)
        let gathered = try Gathered()
        try await gathered.gather(MemberSource(MemberSettings(client, root: DirectoryServer.root, group: group)))
        return gathered
    }

    /// As preflight asks, with the login.
    @Test func saysWhetherTheDirectoryLetsTheAgentIn() async throws {
        let server = try DirectoryServer(people: 2)
        func reach(_ group: String, _ password: String) async throws -> String? {
            let client = DirectoryClient(server.address, login: (DirectoryServer.manager, password))
            return try await MemberSource(MemberSettings(client, root: DirectoryServer.root, group: group))
                .reach(storage: "")
        }
        #expect(try await reach("demo (team)", "s3cret ü")?.contains("has the group") == true)
        await #expect(throws: (any Error).self) { _ = try await reach("nobody", "s3cret ü") }
        let refused = await #expect(throws: DirectoryError.self) { _ = try await reach("demo (team)", "wrong") }
        #expect(refused?.code == .loginDenied)
    }

    /// More than the server gives at once.
    @Test func findsAllMembersThatHaveAnAddress() async throws {
        let server = try DirectoryServer(people: 130)
        let gathered = try await Self.gather(server)
        let rows = gathered.rows("ldap")
        #expect(rows.count == 131)
        #expect(
            rows.first { $0["name"] == "user7" } == [
                "name": "user7", "display_name": "Üser 7", "email": "user7@test.example", "encrypted": "0",
            ])
        #expect(
            rows.first { $0["name"] == "o*dd" } == [
                "name": "o*dd", "display_name": "0", "email": "odd@test.example", "encrypted": "0",
            ])
        #expect(gathered.report.notes == ["1 of 133 members of the group are not in the directory"])
        #expect(try await Self.gather(server, group: "empty").rows("ldap").isEmpty)
        await #expect(throws: (any Error).self) { _ = try await Self.gather(server, group: "none") }
    }

    @Test func speaksTLSOnlyWithWhomItTrusts() async throws {
        let server = try DirectoryServer(people: 1)
        #expect(try await Self.gather(server, isSecure: true, authority: server.certificate).rows("ldap").count == 2)
        let error = await #expect(throws: DirectoryError.self) { _ = try await Self.gather(server, isSecure: true) }
        #expect(error != nil)
    }

    /// As preflight looks at it, without a login.
    @Test func tellsTheCertificateThatTheDirectoryShows() async throws {
        let server = try DirectoryServer(people: 0)
        let client = DirectoryClient(server.secureAddress, authorityFile: server.certificate)
        let shown = try await client.certificates()
        let file = try String(decoding: Files.read(server.certificate), as: UTF8.self)
        #expect(shown.first.map { file.contains($0.split(separator: "\n").dropFirst().first ?? "") } == true)
        #expect(client.secureHost.map { "ldaps://\($0)" } == server.secureAddress)
        #expect(DirectoryClient(server.address).secureHost == nil)
        let strange = await #expect(throws: DirectoryError.self) {
            try await DirectoryClient(server.secureAddress).certificates()
        }
        #expect(strange != nil)
    }

    @Test func tellsALoginFromAServerThatIsNotThere() async throws {
        let server = try DirectoryServer(people: 0)
        let denied = await #expect(throws: DirectoryError.self) { _ = try await Self.gather(server, password: "wrong") }
        #expect(denied?.code == .loginDenied)
        #expect(denied.map { !"\($0)".contains("wrong") } == true)
        let port = try SecureShellServer.freePort()
        let client = DirectoryClient("ldap://127.0.0.1:\(port)")
        let missing = await #expect(throws: DirectoryError.self) {
            try await client.search(below: DirectoryServer.root, "(cn=a)", attributes: ["cn"])
        }
        #expect(missing?.code == .unreachable)
    }
}
