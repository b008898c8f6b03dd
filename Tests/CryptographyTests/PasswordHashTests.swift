import Cryptography
import Testing

@Suite struct PasswordHashTests {
    /// Made by `hashlib.scrypt` of Python, which is another program with the same library function; the salt is the
    /// bytes 0 to 15.
    @Test(arguments: [
        (
            "correct horse battery",
            "$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$BUS_jY3RXIlNUfVFibrXS1m-ZtyDS56ksoZ2SgSjUlQ"
        ),
        (
            "\u{FC}berlang und gut",
            "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s"
        ),
    ]) func knowsThePasswordOfAHashMadeElsewhere(password: String, text: String) throws {
        let hash = try PasswordHash(text)
        #expect(try hash.matches(Array(password.utf8)))
        #expect(try !hash.matches(Array(password.utf8) + [0x20]))
        #expect(hash.description == text)
    }

    @Test func eachHashHasASaltOfItsOwnAndNoneTellsThePassword() throws {
        let password = Array("correct horse battery".utf8)
        let (first, second) = (try PasswordHash(of: password, cost: .low), try PasswordHash(of: password, cost: .low))
        #expect(first != second)
        #expect(try PasswordHash(first.description) == first)
        #expect(try first.matches(password) && second.matches(password) && !first.matches([]))
        #expect(try PasswordHash(of: password).description.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    }

    @Test(arguments: [
        "", "secret", "$scrypt$", "$argon2id$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$FNem",
        "$scrypt$ln=10,r=8$AAECAwQFBgcICQoLDA0ODw$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s",
        "$scrypt$ln=10,r=8,p=1$AAEC$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s",
        // More memory than a login may take.
        "$scrypt$ln=30,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s",
        "$scrypt$ln=20,r=32,p=1$AAECAwQFBgcICQoLDA0ODw$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s",
        "$scrypt$ln=-1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$FNem5s361NtkqaxQXclbCH2g9oFzY5EjO6IA0E6Pw6s",
    ]) func refusesWhatIsNoHash(text: String) {
        #expect(throws: CryptographyError.self) { _ = try PasswordHash(text) }
    }
}
