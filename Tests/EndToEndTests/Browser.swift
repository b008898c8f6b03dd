import Files
import FoundationEssentials
import HTTP
import TestSupport

/// A real browser without a window, driven by WebDriver (https://www.w3.org/TR/webdriver2/). It ends with the value, and all
/// that it has started with it.
final class Browser: Sendable {
    private let driver: Peer
    private let profile: String
    private let client: HTTPClient
    private let session: String

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - directory: gets what it writes.
    ///   - width: of its window; telephones have about 400.
    init(in directory: TemporaryDirectory, width: Int = 1200, dark: Bool = false) async throws {
        profile = "\(directory.path)/browser-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectory(profile)
        let (driver, port) = try Self.start(profile)
        self.driver = driver
        client = try HTTPClient(HTTPClient.Configuration(userAgent: "tests"))
        let arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--user-data-dir=\(profile)/data", "--window-size=\(width),900",
            ] + (dark ? ["--force-dark-mode"] : [])
        let options = Options(binary: "/usr/bin/chromium", args: arguments)
        let wanted = Wanted(
            capabilities: .init(
                alwaysMatch: .init(
                    acceptInsecureCerts: true, options: options, logs: ["browser": "ALL"],
                    timeouts: ["implicit": 60_000, "pageLoad": 120_000])))
        struct Begun: Decodable { let sessionId: String }
        let address = "http://127.0.0.1:\(port)/session"
        let begun: Begun = try await Self.ask(client, .post, address, wanted)
        session = "\(address)/\(begun.sessionId)"
    }

    /// The driver looks for a port that is free in both families of addresses and gives up where the second is taken by then:
    /// it is started again.
    private static func start(_ profile: String) throws -> (Peer, port: Int) {
        var reason: any Error = Failed(description: "chromedriver does not start")
        for _ in 0..<10 {
            do {
                let driver = try Peer(
                    "chromedriver", ["--port=0"],
                    environment: ["PATH": "/usr/bin:/bin", "HOME": profile, "TMPDIR": profile, "LANG": "C.UTF-8"])
                let words = try driver.line(containing: "started successfully on port").split { !$0.isNumber }
                if let port = words.last.flatMap({ Int($0) }) { return (driver, port) }
            } catch {
                reason = error
            }
        }
        throw reason
    }

    /// The driver starts the browser in a group of its own: what belongs to it is known by its directory.
    deinit {
        driver.kill()
        do {
            _ = try Ran.program(
                "bash",
                ["-c", "for i in 1 2 3; do pkill -KILL -f -- \"$PROFILE\" || exit 0; sleep 0.2; done"],
                environment: ["PROFILE": "\(profile)/data"])
        } catch {
            // The processes end without their driver, too, only later.
        }
    }

    // MARK: What it can do

    func open(_ address: String) async throws { try await tell("url", ["url": address]) }

    /// Waits until there is an element.
    func text(_ selector: String) async throws -> String { try await ask("element/\(try await find(selector))/text") }

    func value(_ selector: String) async throws -> String {
        try await ask("element/\(try await find(selector))/property/value")
    }

    func style(_ selector: String, _ property: String) async throws -> String {
        try await ask("element/\(try await find(selector))/css/\(property)")
    }

    /// What a screen reader calls the element.
    func label(_ selector: String) async throws -> String {
        try await ask("element/\(try await find(selector))/computedlabel")
    }

    func type(_ text: String, into selector: String) async throws {
        try await tell("element/\(try await find(selector))/value", ["text": text])
    }

    func click(_ selector: String) async throws { try await tell("element/\(try await find(selector))/click", [:]) }

    func clickLink(_ text: String) async throws {
        try await tell("element/\(try await find(text, by: "link text"))/click", [:])
    }

    var title: String { get async throws { try await ask("title") } }

    /// Warnings and errors of pages: what their policy refused, for one.
    func complaints() async throws -> [String] {
        struct Line: Decodable { let message: String }
        let lines: [Line] = try await Self.ask(client, .post, "\(session)/se/log", ["type": "browser"])
        return lines.map(\.message)
    }

    func end() async throws {
        let _: Nothing? = try await Self.ask(client, .delete, session, nil as [String: String]?)
    }

    // MARK: The protocol

    private struct Options: Encodable {
        let binary: String
        let args: [String]
    }

    private struct Wanted: Encodable {
        struct Capabilities: Encodable { let alwaysMatch: Always }
        struct Always: Encodable {
            let acceptInsecureCerts: Bool
            let options: Options
            let logs: [String: String]
            let timeouts: [String: Int]

            private enum CodingKeys: String, CodingKey {
                case acceptInsecureCerts
                case options = "goog:chromeOptions"
                case logs = "goog:loggingPrefs"
                case timeouts
            }
        }
        let capabilities: Capabilities
    }

    private struct Nothing: Decodable {}
    private struct Envelope<Value: Decodable>: Decodable { let value: Value }

    private func find(_ selector: String, by way: String = "css selector") async throws -> String {
        let found: [String: String] = try await Self.ask(
            client, .post, "\(session)/element", ["using": way, "value": selector])
        guard let id = found.values.first else { throw Failed(description: "\(selector) has no id") }
        return id
    }

    private func ask(_ path: String) async throws -> String {
        try await Self.ask(client, .get, "\(session)/\(path)", nil as [String: String]?)
    }

    private func tell(_ path: String, _ body: [String: String]) async throws {
        let _: Nothing? = try await Self.ask(client, .post, "\(session)/\(path)", body)
    }

    private static func ask<Answer: Decodable>(
        _ client: HTTPClient, _ method: HTTPRequest.Method, _ address: String, _ body: (some Encodable)?
    ) async throws -> Answer {
        var request = try HTTPRequest(method, address)
        request.transport = .plainAllowed
        request.timeouts = .init(connect: .seconds(30), stall: .seconds(240), total: .seconds(240))
        if let body {
            request.body = Array(try JSONEncoder().encode(body))
            request.headers["Content-Type"] = "application/json"
        }
        let response = try await client.send(request)
        guard response.status == 200 else {
            throw Failed(description: "\(address): \(String(decoding: response.body.prefix(600), as: UTF8.self))")
        }
        return try JSONDecoder().decode(Envelope<Answer>.self, from: Data(response.body)).value
    }
}
