import ControllerAPI
import Testing

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("192.0.2.1", [192, 0, 2, 1]), ("::ffff:192.0.2.1", [192, 0, 2, 1]),
        ("::1", [UInt8](repeating: 0, count: 15) + [1]),
        ("2001:db8::a:B", [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0x0b]),
        ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]), ("::", [UInt8](repeating: 0, count: 16)),
    ])
    func readsAddresses(text: String, bytes: [UInt8]) { #expect(IPAddress(text)?.bytes == bytes) }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "::1%eth0", ":1", "1::2::3", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "12345::", "g::", "localhost", "1.2.3.+4", "::1.2.3", "1:2:3:4:5:6:7::8",
    ])
    func refusesOtherTexts(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
        ("10.0.0.0/255.0.0.0", "10.9.8.7", true), ("10.0.0.0/0.255.255.255", "10.9.8.7", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "::1", true), ("2001:db8::/33", "2001:db8:7fff::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
        ("10.0.0.0/0.0.0.0", "11.0.0.0", true),
    ])
    func knowsWhatIsInside(network: String, address: String, isInside: Bool) throws {
        // The last one has bits set beyond a mask of no bits.
        guard let network = IPNetwork(network) else {
            #expect(network == "10.0.0.0/0.0.0.0")
            return
        }
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/24/1", "10.0.0.0/255.0.255.0",
        "::1/127",
        "::/129", "x/8", "",
    ])
    func refusesWhatIsNoNetwork(text: String) { #expect(IPNetwork(text) == nil) }
}
