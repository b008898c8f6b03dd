import Testing
import Timestamps

@Suite struct LocalTimeTests {
    @Test(arguments: [0, 1_700_000_000, 1_720_000_000, 4_000_000_000])
    func readsWhatItWrites(seconds: Int) {
        let text = Timestamp(seconds: seconds).local
        #expect(Timestamp(local: text)?.local == text)
    }

    @Test(arguments: ["", "2024-01-01", "2024-02-30 00:00:00", "2024-01-01T00:00:00", "2024-01-01 24:00:00", "x"])
    func refusesAnythingElse(text: String) {
        #expect(Timestamp(local: text) == nil)
    }
}
