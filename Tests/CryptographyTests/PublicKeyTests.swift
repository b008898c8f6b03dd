import Cryptography
import Testing

@Suite struct PublicKeyTests {
    static let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ"

    @Test(arguments: ["", " ", " agent@host", " several words", "\n", " agent\r\n"])
    func readsALineWithOrWithoutComment(rest: String) throws {
        #expect(try PublicKey(openSSH: Self.line + rest).openSSH() == Self.line)
    }

    @Test(arguments: [
        "", "ssh-ed25519", "restrict \(line)", "command=\"sh\" \(line)", " \(line)", "\(line)\n\(line)", "\(line)\n\n",
        "\(line) comment\nssh-rsa AAAA", "\(line) a\u{0}b", "\(line) \u{1B}[31m", String(line.dropLast()), line + "A",
        "ssh-ed25519 AAAAB3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ", "ssh-ed25519  \(line)",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJAAAA",
        "\(line)\tcomment", "ssh-ed25519\t" + line.dropFirst(12),
    ])
    func refusesWhatIsNotExactlyOneKey(text: String) {
        #expect(failure { _ = try PublicKey(openSSH: text) } == .malformed)
    }

    @Test func namesTheKindItRefuses() throws {
        let error = try #require(throws: CryptographyError.self) {
            try PublicKey(openSSH: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== me")
        }
        #expect(error.code == .unsupported)
        #expect(error.found == "`ssh-rsa`")
        #expect(error.advice != nil)
    }

    @Test func aCommentCannotAddALine() throws {
        let key = try PublicKey(openSSH: Self.line)
        #expect(key.openSSH(comment: "a\nssh-rsa b") == "\(Self.line) assh-rsa b")
    }

    @Test func hasTheSizeOfItsKind() {
        #expect(failure { _ = try PublicKey(raw: [1, 2, 3]) } == .malformed)
    }
}
