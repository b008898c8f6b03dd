import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@Suite struct SigningKeyTests {
    let directory: TemporaryDirectory
    var path: String { "\(directory.path)/id_ed25519" }

    init() throws { directory = try TemporaryDirectory() }

    // RFC 8032 §7.1, tests 1 and 2.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ])
    func signsAsPublished(seed: String, message: String, publicKey: String, signature: String) throws {
        let key = try SigningKey(seed: #require(Hex.decode(seed)))
        let message = try #require(Hex.decode(message))
        #expect(Hex.encode(key.publicKey.raw) == publicKey)
        #expect(Hex.encode(try key.sign(message)) == signature)
        #expect(key.publicKey.isValid(try #require(Hex.decode(signature)), for: message))
    }

    @Test func refusesEveryChangedSignatureAndMessage() throws {
        let key = try SigningKey.generate()
        let message = Array("message".utf8)
        let signature = try key.sign(message)
        #expect(key.publicKey.isValid(signature, for: message))
        #expect(!key.publicKey.isValid(signature, for: message + [0]))
        #expect(!key.publicKey.isValid(Array(signature.dropLast()), for: message))
        #expect(!key.publicKey.isValid([], for: message))
        #expect(!(try SigningKey.generate()).publicKey.isValid(signature, for: message))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!key.publicKey.isValid(changed, for: message))
        }
    }

    @Test(arguments: [
        "", "agent@host", "a comment of several words", "1", "12", "123", "1234", "12345", "123456", "1234567",
    ])
    func sshKeygenReadsWhatWeWrite(comment: String) throws {
        let key = try SigningKey.generate()
        try key.save(path, comment: comment)
        #expect(try Files.status(path)?.permissions == 0o600)
        let read = Shell.run("ssh-keygen -y -P '' -f \"$1\"", path)
        #expect(read.output == key.publicKey.openSSH(comment: comment) + "\n")
        let listed = Shell.run("ssh-keygen -l -f \"$1\"", "\(path).pub")
        #expect(listed.output.contains(" \(key.publicKey.fingerprint) "))
        let loaded = try SigningKey.load(path)
        #expect(loaded.publicKey == key.publicKey)
        #expect(key.publicKey.isValid(try loaded.sign([1, 2, 3]), for: [1, 2, 3]))
    }

    @Test func sshKeygenSignsWithWhatWeWrite() throws {
        let key = try SigningKey.generate()
        try key.save(path)
        try Files.write("agent \(key.publicKey.openSSH())\n".utf8, to: "\(directory.path)/allowed")
        let result = Shell.run(
            """
            cd "$1" && echo text > file && ssh-keygen -q -Y sign -f id_ed25519 -n file file &&
            ssh-keygen -Y verify -f allowed -I agent -n file -s file.sig < file
            """, directory.path)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func readsWhatSshKeygenWrites() throws {
        #expect(Shell.run("ssh-keygen -q -t ed25519 -N '' -C 'made elsewhere' -f \"$1\"", path).status == 0)
        let key = try SigningKey.load(path)
        let line = try #require(String(validating: try Files.read("\(path).pub"), as: UTF8.self))
        #expect(key.publicKey.openSSH(comment: "made elsewhere") + "\n" == line)
        #expect(try PublicKey(openSSH: line) == key.publicKey)
    }

    @Test(arguments: [
        ("-t ed25519 -N secret", CryptographyError.Code.unsupported), ("-t ecdsa -N ''", .unsupported),
        ("-t rsa -b 2048 -N ''", .unsupported), ("-t ecdsa -N '' -m PEM", .malformed),
    ])
    func refusesOtherKeys(options: String, code: CryptographyError.Code) {
        #expect(Shell.run("eval ssh-keygen -q $2 -f \\\"\"$1\"\\\"", path, options).status == 0)
        #expect(failure { _ = try SigningKey.load(path) } == code)
    }

    @Test(arguments: [0o640, 0o604, 0o644] as [UInt32])
    func refusesAKeyThatOthersCanRead(permissions: UInt32) throws {
        try SigningKey.generate().save(path)
        #expect(unsafe chmod(path, permissions) == 0)
        #expect(failure { _ = try SigningKey.load(path) } == .exposed)
    }

    @Test func refusesDamagedFiles() throws {
        #expect(failure { _ = try SigningKey.load(path) } == .file)
        try SigningKey.generate().save(path)
        let content = try Files.read(path)
        // Without the last line break it would still be whole.
        for count in [0, 10, 36, 60, 100, content.count - 40, content.count - 2] {
            try Files.write(content.prefix(count), to: path, permissions: 0o600)
            #expect(failure { _ = try SigningKey.load(path) } == .malformed, "first \(count) bytes")
        }
        let publicText = try Files.read("\(path).pub")
        for index in stride(from: 40, to: content.count - 40, by: 7) where content[index] != UInt8(ascii: "\n") {
            var changed = content
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            try Files.write(changed, to: path, permissions: 0o600)
            // Only the two check numbers may change, if they agreed: what loads all the same must be the same key.
            do {
                let key = try SigningKey.load(path)
                #expect(Array("\(key.publicKey.openSSH())\n".utf8) == publicText)
            } catch {
                #expect([.malformed, .mismatched, .unsupported].contains(error.code))
            }
        }
    }
}

/// The code of the error the body throws; `nil` when it throws none.
func failure(_ body: () throws -> Void) -> CryptographyError.Code? {
    do {
        try body()
        return nil
    } catch let error as CryptographyError {
        return error.code
    } catch {
        Issue.record("another error: \(error)")
        return nil
    }
}
