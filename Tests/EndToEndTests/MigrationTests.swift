import Files
import TestSupport
import Testing

/// A controller in production: nothing changes its tables but an operator (`MIGRATE=never`).
@Suite struct MigrationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func controller(_ words: String..., in state: String, store: String? = nil) throws -> Ran {
        var environment = ["MIGRATE": "never"]
        environment["STORE"] = store
        return try Ran.program(
            BuiltProgram.path("controller"), words + ["--state", "\(directory.path)/\(state)"],
            environment: environment)
    }

    @Test func aNewControllerHasAllItsTables() throws {
        try controller("init", "--host", "localhost", in: "new").required()
        #expect(try controller("db", "status", in: "new").required().line.hasSuffix("up to date"))
        #expect(try controller("agents", "list", in: "new").status == 0)
    }

    @Test func theTablesOfAServerAreMadeOnceAndThenLeftToTheOperator() throws {
        let server = try DatabaseServer()
        let store = server.address
        try controller("init", "--host", "localhost", in: "one", store: store).required()
        #expect(try controller("db", "status", in: "one", store: store).status == 0)
        try controller("enrol", "DEMO", "--project", "DEMO", in: "one", store: store).required()

        try Ran.program("psql", ["--quiet", "--dbname", store, "--command", "DROP TABLE tag CASCADE"]).required()
        for words in [["init", "--host", "localhost"], ["agents", "list"]] {
            let refused = try Ran.program(
                BuiltProgram.path("controller"), words + ["--state", "\(directory.path)/one"],
                environment: ["MIGRATE": "never", "STORE": store])
            #expect(refused.status == 2 && refused.output.contains("controller db migrate"), "\(refused)")
        }
        // Where there are no keys of a controller, as in a job of its own.
        let status = try controller("db", "status", in: "elsewhere", store: store)
        #expect(status.status == 1 && status.output.contains("missing\ttag"), "\(status)")
        let refused = try controller("db", "migrate", "--backup", "\(directory.path)/b", in: "elsewhere", store: store)
        #expect(refused.status == 2 && refused.output.contains("pg_dump"), "\(refused)")
        #expect(try controller("db", "migrate", in: "elsewhere", store: store).required().line.contains("1 tables"))
        #expect(try Files.status("\(directory.path)/elsewhere") == nil)
        try controller("init", in: "one", store: store).required()
        #expect(try controller("projects", "list", in: "one", store: store).required().output.contains("DEMO"))
        withExtendedLifetime(server) {}
    }
}
