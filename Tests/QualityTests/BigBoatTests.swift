import BigBoat
import Configuration
import ForgeTestSupport
import HTTP
import REST
import Testing

@Suite(.timeLimit(.minutes(15))) struct BigBoatTests {
    private func dashboard(_ server: PlatformServer) throws -> BigBoatDashboard {
        BigBoatDashboard(
            base: try WebAddress(server.address), key: Secret("key"), trust: .system, server.environment)
    }

    @Test func readsFiguresAndWhatIsNone() async throws {
        let figures = try await dashboard(PlatformServer(.bigBoat)).figures()
        #expect(figures.map(\.value) == [8, 0.25, nil, nil] && figures.map(\.maximum) == [24, nil, nil, 1500])
        #expect(figures.map(\.isOK) == [true, false, false, false])
        #expect(
            figures.map(\.checkedAt)[...2] == ["2024-05-18 12:50:04", "2024-05-18 12:50:04", "1900-01-01 00:00:00"])
        #expect(
            BigBoatDashboard.Figure.line([figures[0], figures[2]])
                == #"[{"name": "Ava\u00eflable IPs", "checked_time": "2024-05-18 12:50:04", "ok": true, "value": 8, "max": 24}, {"name": "Odd", "checked_time": "1900-01-01 00:00:00", "ok": false, "value": null, "max": null}]"#
        )
        #expect(BigBoatDashboard.Figure.file([figures[1]]).hasPrefix("[\n    {\n        \"name\": \"Load\",\n"))
        #expect(BigBoatDashboard.Figure.file([]) == "[]")
    }

    @Test func aKeyThatIsNotKnownIsAFault() async throws {
        let server = try PlatformServer(.bigBoat)
        try await server.set("revoked=1")
        let error = await #expect(throws: RESTError.self) { try await dashboard(server).figures() }
        #expect(error?.code == .unauthorised)
    }
}
