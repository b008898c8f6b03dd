import Configuration
import Dropins
import Files
import ForgeTestSupport
import Gathering
import HTTP
import REST
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct DropinsTests {
    private static let seats = #"[{"month": "2024-01", "seats": 2.5}, {"month": "2024-02", "seats": "3.0"}]"#
    private static let members =
        #"[{"name": "ann", "display_name": "Ann", "email": "ann@site.example", "encrypted": "0"}, {"name": "ab12", "display_name": "0", "email": "cd34", "encrypted": "1"}]"#

    private let local: TemporaryDirectory
    private let remote: TemporaryDirectory

    private var directory: String { "\(local.path)/DEMO" }

    init() throws {
        local = try TemporaryDirectory()
        remote = try TemporaryDirectory()
        try Files.makeDirectory("\(remote.path)/drop ins/DEMO/data_more")
    }

    private func put(_ name: String, _ content: String) throws {
        try Files.write(Array(content.utf8), to: "\(remote.path)/drop ins/DEMO/\(name)")
        // Apache has an account of its own.
        try Peer.run("chmod", ["-R", "a+rX", remote.path])
    }

    private func source(_ port: String, password: String = "s3cret ü", path: String = "drop ins/DEMO") throws
        -> DropinSource
    {
        var store = DropinStore(
            .owncloud, try WebAddress("http://127.0.0.1:\(port)"), path: path,
            http: try HTTPClient(.init(userAgent: "test/1")))
        store.user = "reader"
        store.password = Secret(password)
        return DropinSource(DropinSettings(directory: directory, store: store))
    }

    private func server(_ root: String) throws -> (Peer, String) {
        let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/webdav-server.py"
        let process = try Peer("python3", [script, remote.path, root])
        return (process, try process.line())
    }

    @Test(arguments: ["/remote.php/dav/files/reader", "/remote.php/webdav"])
    func fetchesTablesAndTakesThemOnce(root: String) async throws {
        let (process, port) = try server(root)
        defer { withExtendedLifetime(process) {} }
        try await fetchesOnce(from: port)
    }

    @Test func fetchesFromApache() async throws {
        let server = try WebFolderServer(
            remote.path, at: "/remote.php/webdav", user: "reader", password: "s3cret ü")
        defer { withExtendedLifetime(server) {} }
        try await fetchesOnce(from: "\(server.port)")
        let error = await #expect(throws: RESTError.self) {
            _ = try await source("\(server.port)", password: "wrong").reach(storage: "")
        }
        #expect(error?.code == .unauthorised)
    }

    private func fetchesOnce(from port: String) async throws {
        try put("data_seats.json", Self.seats)
        try put("data_ldap.json", Self.members)
        try put("notes.txt", "nothing")
        let gathered = try Gathered()
        try await gathered.gather(source(port))
        #expect(
            gathered.rows("seats") == [["month": "2024-01", "seats": "2.5"], ["month": "2024-02", "seats": "3.0"]])
        // Pseudonyms of somebody else's stay, and say so.
        #expect(gathered.rows("ldap").map { $0["encrypted"] } == ["0", "1"])
        #expect(try Files.list(directory).sorted() == ["data_ldap.json", "data_seats.json"])
        try await gathered.gather(source(port))
        #expect(gathered.count == 0)
        try put("data_seats.json", #"[{"month": "2024-03", "seats": "1.0"}]"#)
        try Files.remove("\(remote.path)/drop ins/DEMO/data_ldap.json")
        try await gathered.gather(source(port))
        #expect(gathered.rows("seats").count == 1 && gathered.rows("ldap").isEmpty)
        #expect(try Files.list(directory) == ["data_seats.json"])
    }

    @Test func aMissingDirectoryIsNoFaultAndAWrongPasswordIs() async throws {
        let (process, port) = try server("/remote.php/webdav")
        defer { withExtendedLifetime(process) {} }
        let gathered = try Gathered()
        try await gathered.gather(source(port, path: "nowhere/DEMO"))
        #expect(gathered.count == 0 && gathered.report.gaps.isEmpty)
        let error = await #expect(throws: RESTError.self) {
            try await gathered.gather(source(port, password: "wrong"))
        }
        #expect(error?.code == .unauthorised)
    }

    /// As preflight asks: nothing is fetched.
    @Test func saysWhetherTheStoreLetsTheAgentIn() async throws {
        try put("data_seats.json", Self.seats)
        try put("notes.txt", "nothing")
        let (process, port) = try server("/remote.php/webdav")
        defer { withExtendedLifetime(process) {} }
        #expect(try await source(port).reach(storage: "")?.hasSuffix("has 1 tables") == true)
        #expect(try await source(port, path: "nowhere/DEMO").reach(storage: "")?.contains("nothing to fetch") == true)
        let error = await #expect(throws: RESTError.self) {
            _ = try await source(port, password: "wrong").reach(storage: "")
        }
        #expect(error?.code == .unauthorised)
        #expect(try Files.status(directory) == nil)
        #expect(
            try await DropinSource(DropinSettings(directory: "\(remote.path)/drop ins/DEMO")).reach(storage: "")?
                .hasPrefix("1 tables in") == true)
    }

    @Test func takesWhatSomebodyPutThereAndTellsWhatIsNoTable() async throws {
        try Files.makeDirectory(directory)
        try Files.write(Array(Self.seats.utf8), to: "\(directory)/data_seats.json")
        try Files.write(Array(#"[{"name": ["#.utf8), to: "\(directory)/data_ldap.json")
        let gathered = try Gathered()
        try await gathered.gather(DropinSource(DropinSettings(directory: directory)))
        #expect(gathered.rows("seats").count == 2 && gathered.report.gaps.count == 1)
        try await gathered.gather(DropinSource(DropinSettings(directory: directory)))
        #expect(gathered.count == 0 && gathered.report.gaps.count == 1)
    }
}
