import Cryptography
import TestSupport
import Testing

@Suite struct LoginKeyTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func line(_ kind: String, _ options: [String] = []) throws -> String {
        let path = "\(directory.path)/\(kind)-\(options.joined())"
        try Peer.run("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "some body", "-f", path] + options)
        return try Peer.run("cat", ["\(path).pub"])
    }

    @Test(arguments: [("ed25519", []), ("ecdsa", []), ("ecdsa", ["-b", "521"]), ("rsa", []), ("rsa", ["-b", "4096"])])
    func readsWhatOpenSSHMakesAndWritesItAnew(kind: String, options: [String]) throws {
        let text = try line(kind, options)
        let key = try LoginKey(openSSH: text)
        #expect(text == "\(key.openSSH(comment: "some body"))\n")
        let shown = Shell.run("ssh-keygen -l -f /dev/stdin <<< \"$1\"", key.openSSH())
        #expect(shown.output.contains(key.fingerprint), "\(shown.output)")
        #expect((key.signing != nil) == (kind == "ed25519"))
    }

    @Test func refusesWeakKeys() throws {
        let text = try line("rsa", ["-b", "2048"])
        #expect(throws: CryptographyError.self) { try LoginKey(openSSH: text) }
    }

    @Test func refusesEverythingButOneKey() throws {
        let good = try line("rsa").split(separator: "\n").joined()
        for text in [
            "command=\"sh\" \(good)", "\(good)\n\(good)", "restrict \(good)", "", "ssh-rsa", "ssh-rsa AAAA",
            "\(good)\r\nx",
            good.split(separator: " ").prefix(1).joined() + " " + String(good.split(separator: " ")[1].dropLast(8)),
            "ssh-dss \(good.split(separator: " ")[1])", "ssh-ed25519 \(good.split(separator: " ")[1])",
        ] {
            #expect(throws: CryptographyError.self, "\(text.prefix(30))") { try LoginKey(openSSH: text) }
        }
    }
}
