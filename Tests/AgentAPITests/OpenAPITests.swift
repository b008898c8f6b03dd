import AgentAPI
import FoundationEssentials
import HTTPServer
import Testing

/// The description for programs says what the API does.
@Suite struct OpenAPITests {
    private struct Document: Decodable {
        struct Operation: Decodable {
            struct Answer: Decodable { let content: [String: Content] }
            struct Content: Decodable { let schema: [String: String] }
            let summary: String
            let responses: [String: Answer]
        }
        struct Info: Decodable { let title: String }
        struct Components: Decodable { let schemas: [String: Schema] }
        struct Schema: Decodable { let type: String }
        let openapi: String
        let info: Info
        let paths: [String: [String: Operation]]
        let components: Components
    }

    private func document() async throws -> Document {
        let answer = await Asking().ask("GET", "/openapi.json")
        #expect(answer.header("Content-Type") == "application/json")
        return try JSONDecoder().decode(Document.self, from: Data(answer.response.body))
    }

    @Test func describesWhatTheOlderAgentsHave() async throws {
        let document = try await document()
        #expect(document.openapi == "3.0.3")
        #expect(document.info.title == "Scraper API")
        #expect(document.paths["/status"]?["get"]?.responses.keys.sorted() == ["200", "503"])
        #expect(
            document.paths["/scrape"]?["post"]?.responses.keys.sorted()
                == ["201", "400", "401", "403", "429", "500", "503"])
    }

    @Test func everyPathAnswersAsDescribed() async throws {
        let document = try await document()
        #expect(document.paths.count == 10)
        for (path, operations) in document.paths {
            for (method, operation) in operations {
                let asking = Asking()
                let answer = await asking.ask(
                    method.uppercased(), path.split(separator: "{")[0] + (path.contains("{") ? "x" : ""))
                let described = operation.responses["\(answer.status)"]
                #expect(described != nil, "\(method) \(path): \(answer.status)")
                let type = answer.header("Content-Type")?.split(separator: ";").first.map(String.init) ?? ""
                #expect(described?.content.keys.contains(type) == true, "\(method) \(path): \(type)")

                let exposed = await Asking(listener: "0.0.0.0", token: "t").ask(method.uppercased(), path)
                #expect(operation.responses["\(exposed.status)"] != nil, "\(method) \(path): \(exposed.status)")
            }
        }
    }

    @Test func allSchemasThatAreNamedAreThere() async throws {
        let document = try await document()
        for operation in document.paths.values.flatMap(\.values) {
            for content in operation.responses.values.flatMap(\.content.values) {
                guard let reference = content.schema["$ref"] else { continue }
                let name = String(reference.dropFirst("#/components/schemas/".count))
                #expect(document.components.schemas[name] != nil, "\(reference)")
            }
        }
    }
}
